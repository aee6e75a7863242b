/** A chart without data yet: axes on the exchange's clock, the crosshair, zoom and pan, and the page's colours. */

import {
  ColorType,
  CrosshairMode,
  createChart,
  type IChartApi,
  type ISeriesApi,
  type SeriesType,
  TickMarkType,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import * as format from "../lib/format";
import type { Colours } from "./colours";

/** The smallest window one can zoom to, in bars. */
const CLOSEST = 5;

export function asTime(wall: number): UTCTimestamp {
  return wall as UTCTimestamp;
}

export class Stage {
  readonly chart: IChartApi;
  #count = 0;

  /** `onPoint` hears the index of the bar under the pointer, or null when it leaves. */
  constructor(host: HTMLElement, onPoint: (index: number | null) => void) {
    this.chart = createChart(host, {
      autoSize: true,
      crosshair: { mode: CrosshairMode.Magnet },
      localization: { percentageFormatter: (value: number) => format.percentUnit(value) },
      timeScale: {
        borderVisible: false,
        rightOffset: 0,
        fixLeftEdge: true,
        fixRightEdge: true,
        tickMarkFormatter: tick,
      },
      rightPriceScale: { borderVisible: false, entireTextOnly: true, scaleMargins: { top: 0.08, bottom: 0.06 } },
      // A page scrolls with the wheel; a chart is zoomed by Ctrl and wheel, a pinch, or the keyboard.
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    });
    this.chart.subscribeCrosshairMove(({ logical }) => {
      const inside = logical !== undefined && logical >= 0 && logical < this.#count;
      onPoint(inside ? Math.round(logical) : null);
    });
  }

  paint(colours: Colours): void {
    const line = { color: colours.quiet, labelBackgroundColor: colours.quiet };
    this.chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: colours.paper },
        textColor: colours.quiet,
        fontFamily: getComputedStyle(document.documentElement).fontFamily,
        fontSize: 11,
        attributionLogo: true,
        panes: { separatorColor: colours.hair, separatorHoverColor: colours.hair },
      },
      grid: { vertLines: { visible: false }, horzLines: { color: colours.hair } },
      crosshair: { vertLine: line, horzLine: line },
    });
  }

  /** Tells how many bars are shown and whether their labels have a time of day. */
  measure(count: number, intraday: boolean): void {
    this.#count = count;
    this.chart.applyOptions({
      timeScale: { timeVisible: intraday, secondsVisible: false },
      localization: { timeFormatter: (wall: Time) => format.barTime(Number(wall), "UTC", intraday) },
    });
  }

  /** Puts the crosshair on the bar at `index` and brings it into the window. */
  point(index: number, time: number, price: number | null, series: ISeriesApi<SeriesType>): void {
    const window = this.chart.timeScale().getVisibleLogicalRange();
    if (window && (index < window.from || index > window.to)) {
      this.pan(index < window.from ? Math.floor(index - window.from) : Math.ceil(index - window.to));
    }
    if (price !== null) this.chart.setCrosshairPosition(price, asTime(time), series);
  }

  /** Shows `factor` times as many bars, around the middle. */
  zoom(factor: number): void {
    const scale = this.chart.timeScale();
    const window = scale.getVisibleLogicalRange();
    if (!window) return;
    const middle = (window.from + window.to) / 2;
    const half = Math.max(CLOSEST / 2, ((window.to - window.from) / 2) * factor);
    if (2 * half >= this.#count) scale.fitContent();
    else scale.setVisibleLogicalRange({ from: middle - half, to: middle + half });
  }

  pan(bars: number): void {
    const scale = this.chart.timeScale();
    const window = scale.getVisibleLogicalRange();
    if (window) scale.setVisibleLogicalRange({ from: window.from + bars, to: window.to + bars });
  }

  /** Moves the window by a quarter of its width. */
  stride(way: -1 | 1): void {
    const window = this.chart.timeScale().getVisibleLogicalRange();
    if (window) this.pan((way * (window.to - window.from)) / 4);
  }

  fit(): void {
    this.chart.timeScale().fitContent();
  }

  /** Whether the window shows every bar, so that new ones should be shown too. */
  get whole(): boolean {
    const window = this.chart.timeScale().getVisibleLogicalRange();
    return !window || (window.from <= 0.5 && window.to >= this.#count - 1.5);
  }

  remove(): void {
    this.chart.remove();
  }
}

function tick(wall: Time, kind: TickMarkType): string {
  const kinds = {
    [TickMarkType.Year]: "year",
    [TickMarkType.Month]: "month",
    [TickMarkType.DayOfMonth]: "day",
    [TickMarkType.Time]: "time",
    [TickMarkType.TimeWithSeconds]: "time",
  } as const;
  return format.axisTick(Number(wall), kinds[kind]);
}

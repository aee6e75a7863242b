/** A chart without data yet: axes on the exchange's clock, the crosshair, zoom and pan, and the page's colours. */

import {
  ColorType,
  CrosshairMode,
  createChart,
  type IChartApi,
  type ISeriesApi,
  type SeriesType,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import * as format from "../lib/format";
import { isIntraday } from "../lib/interval";
import { TimeAxis } from "./Axes";
import type { Colours } from "./colours";
import { MOST_PX, type Slots, slotsOf } from "./slots";

/** The smallest window one can zoom to, in bars. */
const CLOSEST = 5;
/** The room in pixels that the price axis takes. */
const PRICE_AXIS = 70;

export function asTime(wall: number): UTCTimestamp {
  return wall as UTCTimestamp;
}

export class Stage {
  readonly chart: IChartApi;
  readonly #host: HTMLElement;
  readonly #axis = new TimeAxis();
  #slots: Slots = { wall: [], ofBar: [], barAt: [] };
  /** Whether the reader has left the window as it is: all of it. */
  #whole = true;
  /** Whether a pointer or finger is down: what changes the window now is the reader. */
  #touched = false;
  readonly #gone = new AbortController();
  /** What the keyboard reads. */
  #held: { price: number; time: number; series: ISeriesApi<SeriesType> } | null = null;

  /** `onPoint` hears the index of the bar under the pointer, or null when it leaves. */
  constructor(host: HTMLElement, onPoint: (index: number | null) => void) {
    this.#host = host;
    this.chart = createChart(host, {
      autoSize: true,
      crosshair: { mode: CrosshairMode.Magnet },
      localization: { percentageFormatter: (value: number) => format.percentUnit(value) },
      timeScale: {
        borderVisible: false,
        rightOffset: 0,
        // Twenty years of days are to fit on a phone.
        minBarSpacing: 0.001,
        maxBarSpacing: MOST_PX,
        fixLeftEdge: true,
        fixRightEdge: true,
        // The axes are drawn by us (see Axes); the library's prices, unseen, still give theirs its width.
        tickMarkFormatter: () => "",
      },
      rightPriceScale: { borderVisible: false, textColor: "transparent" },
      // A page scrolls with the wheel; a chart is zoomed by Ctrl and wheel, a pinch, or the keyboard.
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    });
    this.chart.subscribeCrosshairMove(({ logical, sourceEvent }) => {
      // What the keyboard reads stays read until the pointer moves, whatever is drawn anew meanwhile.
      if (this.#held && !sourceEvent) return;
      this.#held = null;
      const bar = logical === undefined ? -1 : (this.#slots.barAt[Math.round(logical)] ?? -1);
      onPoint(bar < 0 ? null : bar);
    });
    this.chart.timeScale().subscribeVisibleLogicalRangeChange(() => {
      this.#keepWhole();
      this.#hold();
    });
    const heard = { capture: true, passive: true, signal: this.#gone.signal };
    const touch = (down: boolean) => () => {
      this.#touched = down;
    };
    host.addEventListener("pointerdown", touch(true), heard);
    for (const end of ["pointerup", "touchend", "touchcancel"]) window.addEventListener(end, touch(false), heard);
  }

  /** Draws the time axis with `series`. */
  axisOn(series: ISeriesApi<SeriesType>): void {
    series.attachPrimitive(this.#axis);
  }

  paint(colours: Colours): void {
    this.#axis.paint(colours);
    const line = { color: colours.quiet, labelBackgroundColor: colours.quiet };
    this.chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: colours.paper },
        textColor: colours.quiet,
        fontFamily: getComputedStyle(document.documentElement).fontFamily,
        fontSize: 11,
        // The frame around the chart names and links TradingView, where no bar is covered and every reader hears it.
        attributionLogo: false,
        panes: { separatorColor: colours.hair, separatorHoverColor: colours.hair },
      },
      grid: { vertLines: { visible: false }, horzLines: { visible: false } },
      crosshair: { vertLine: line, horzLine: line },
    });
  }

  /** Takes `series` off the chart. */
  take(series: ISeriesApi<SeriesType>): void {
    if (this.#held?.series === series) this.#held = null;
    this.chart.removeSeries(series);
  }

  /** Takes the times of the bars on the chart's clock, and gives them their places. */
  measure(wall: readonly number[], interval: string): Slots {
    const intraday = isIntraday(interval);
    const width = Math.max(1, this.#host.clientWidth - PRICE_AXIS);
    this.#slots = slotsOf(wall, interval, width);
    if (this.#held && !this.#slots.wall.includes(this.#held.time)) this.#held = null;
    this.#axis.show(this.#slots, intraday);
    this.chart.applyOptions({
      // The library lets nothing follow the last bar while it keeps that at the edge.
      timeScale: { timeVisible: intraday, secondsVisible: false, fixRightEdge: this.#slots.barAt.at(-1) !== -1 },
      localization: { timeFormatter: (at: Time) => format.barTime(Number(at), "UTC", intraday) },
    });
    return this.#slots;
  }

  /** Leaves room below `low`, more for marks; unless the axis would name prices below nothing where there are none. */
  leaveRoom(low: number, high: number, marked: boolean): void {
    const below = marked ? 0.08 : low >= 0 && low < 0.1 * (high - low) ? 0.005 : 0.06;
    this.chart.priceScale("right").applyOptions({ scaleMargins: { top: 0.08, bottom: below } });
  }

  /** Puts the crosshair on the bar at `index` and brings it into the window. */
  point(index: number, price: number | null, series: ISeriesApi<SeriesType>): void {
    const place = this.#slots.ofBar[index];
    const time = place === undefined ? undefined : this.#slots.wall[place];
    if (place === undefined || time === undefined) return;
    const window = this.chart.timeScale().getVisibleLogicalRange();
    if (window && (place < window.from || place > window.to)) {
      this.pan(place < window.from ? Math.floor(place - window.from) : Math.ceil(place - window.to));
    }
    this.#held = price === null ? null : { price, time, series };
    this.#hold();
  }

  /** Shows `factor` times as many bars, around the bar that is read, else around the middle. */
  zoom(factor: number, index: number | null): void {
    const scale = this.chart.timeScale();
    const window = scale.getVisibleLogicalRange();
    if (!window) return;
    const read = index === null ? undefined : this.#slots.ofBar[index];
    const fixed = read !== undefined && read >= window.from && read <= window.to ? read : (window.from + window.to) / 2;
    const closest = Math.max(CLOSEST, Math.ceil(scale.width() / MOST_PX));
    const width = Math.max(closest, (window.to - window.from) * factor);
    if (width >= this.#slots.wall.length) {
      this.fit();
      return;
    }
    const share = (fixed - window.from) / (window.to - window.from);
    this.#whole = false;
    // Where it stood in the window it stays, and all of it is seen.
    const first = Math.min(Math.max(fixed - share * width, fixed + 0.5 - width), fixed - 0.5);
    scale.setVisibleLogicalRange({ from: first, to: first + width });
  }

  pan(bars: number): void {
    const scale = this.chart.timeScale();
    const window = scale.getVisibleLogicalRange();
    if (window && !this.#whole) scale.setVisibleLogicalRange({ from: window.from + bars, to: window.to + bars });
  }

  /** Moves the window by a quarter of its width. */
  stride(way: -1 | 1): void {
    const window = this.chart.timeScale().getVisibleLogicalRange();
    if (window) this.pan((way * (window.to - window.from)) / 4);
  }

  /** Shows every bar, and keeps doing so when the chart or its price axis becomes wider or narrower. */
  fit(): void {
    this.#whole = true;
    this.chart.timeScale().setVisibleLogicalRange({ from: -0.5, to: this.#slots.wall.length - 0.5 });
  }

  /** Whether the window shows every bar, so that new ones should be shown too. */
  get whole(): boolean {
    return this.#whole;
  }

  remove(): void {
    this.#gone.abort();
    this.chart.remove();
  }

  /** Keeps the crosshair on the bar that the keyboard reads: by itself it stays where it was in pixels. */
  #hold(): void {
    if (this.#held) this.chart.setCrosshairPosition(this.#held.price, asTime(this.#held.time), this.#held.series);
  }

  /** A window that changed with the chart's width is made whole again; one the reader changed is the reader's. */
  #keepWhole(): void {
    if (!this.#whole) return;
    const window = this.chart.timeScale().getVisibleLogicalRange();
    if (!window || (window.from <= 0.5 && window.to >= this.#slots.wall.length - 1.5)) return;
    if (this.#touched) this.#whole = false;
    else this.fit();
  }
}

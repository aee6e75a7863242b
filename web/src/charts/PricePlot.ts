/** Candles, volume, indicators and marks, drawn from the desk's columns. */

import {
  type AutoscaleInfo,
  CandlestickSeries,
  createSeriesMarkers,
  HistogramSeries,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  LineStyle,
  PriceScaleMode,
  type SeriesType,
  type Time,
} from "lightweight-charts";
import type { Bars } from "../api/desk";
import type { Scale } from "../lib/address";
import * as format from "../lib/format";
import { indicatorOf, lineNumber } from "../lib/indicators";
import { isIntraday } from "../lib/interval";
import { wallSeconds } from "../lib/zone";
import { type Colours, faint } from "./colours";
import { lineOf, marksOf } from "./columns";
import { asTime, Stage } from "./Stage";

const MODES = {
  linear: PriceScaleMode.Normal,
  log: PriceScaleMode.Logarithmic,
  percent: PriceScaleMode.Percentage,
} as const;

const PRICE_PANE = 0;
const VOLUME_PANE = 1;

export interface Drawing {
  answer: Bars;
  scale: Scale;
  /** Whether the range is one session. */
  oneDay: boolean;
  colours: Colours;
}

export class PricePlot {
  readonly stage: Stage;
  readonly #candles: ISeriesApi<"Candlestick">;
  readonly #volume: ISeriesApi<"Histogram">;
  readonly #marks: ISeriesMarkersPluginApi<Time>;
  #previousClose: IPriceLine | null = null;
  #indicators: ISeriesApi<SeriesType>[] = [];
  #wall: number[] = [];
  #shown = "";

  constructor(host: HTMLElement, onPoint: (index: number | null) => void) {
    this.stage = new Stage(host, onPoint);
    const { chart } = this.stage;
    this.#candles = chart.addSeries(CandlestickSeries, { priceLineVisible: false }, PRICE_PANE);
    this.#marks = createSeriesMarkers(this.#candles);
    this.#volume = chart.addSeries(HistogramSeries, { priceLineVisible: false, lastValueVisible: false }, VOLUME_PANE);
  }

  show({ answer, scale, oneDay, colours }: Drawing): void {
    const follow = this.stage.whole;
    const intraday = isIntraday(answer.interval);
    this.#wall = wallSeconds(answer.bars.ts, intraday ? answer.zone : "UTC");
    this.stage.paint(colours);
    this.stage.measure(this.#wall.length, intraday);
    this.#showBars(answer, colours);
    this.#showMarks(answer, intraday, colours);
    // Over more than a day the close before the first bar is no yardstick for the last one.
    this.#showPreviousClose(oneDay ? answer.previous_close : null, colours);
    this.#showIndicators(answer, colours);
    this.stage.chart.priceScale("right", PRICE_PANE).applyOptions({ mode: MODES[scale] });
    this.#stretch();
    const window = [answer.symbol, answer.interval, answer.bars.ts[0]].join("/");
    if (window !== this.#shown || follow) this.stage.fit();
    this.#shown = window;
  }

  point(index: number, price: number | null): void {
    const time = this.#wall[index];
    if (time !== undefined) this.stage.point(index, time, price, this.#candles);
  }

  #showBars({ bars, decimals }: Bars, colours: Colours): void {
    this.#candles.applyOptions({
      upColor: colours.up,
      downColor: colours.down,
      wickUpColor: colours.up,
      wickDownColor: colours.down,
      borderVisible: false,
      priceFormat: priceFormat(decimals),
    });
    this.#volume.applyOptions({ priceFormat: { type: "custom", minMove: 1, formatter: format.compact } });
    this.#candles.setData(
      this.#wall.map((wall, i) => {
        const [open, high, low, close] = [bars.open[i], bars.high[i], bars.low[i], bars.close[i]];
        const time = asTime(wall);
        return open == null || high == null || low == null || close == null
          ? { time }
          : { time, open, high, low, close };
      }),
    );
    const [rose, fell] = [faint(colours.up, 0.45), faint(colours.down, 0.45)];
    this.#volume.setData(
      this.#wall.map((wall, i) => {
        const value = bars.volume[i];
        const color = (bars.close[i] ?? 0) < (bars.open[i] ?? 0) ? fell : rose;
        return value == null ? { time: asTime(wall) } : { time: asTime(wall), value, color };
      }),
    );
  }

  #showMarks({ bars, actions }: Bars, intraday: boolean, { accent }: Colours): void {
    const marks = marksOf(bars.ts, actions, intraday).map(({ index, letter }) => ({
      time: asTime(this.#wall[index] ?? 0),
      position: "belowBar" as const,
      shape: "circle" as const,
      color: accent,
      text: letter,
    }));
    this.#marks.setMarkers(marks);
  }

  #showPreviousClose(price: number | null, { edge }: Colours): void {
    if (this.#previousClose) this.#candles.removePriceLine(this.#previousClose);
    this.#previousClose = null;
    this.#candles.applyOptions({
      autoscaleInfoProvider: (usual: () => AutoscaleInfo | null) => including(price, usual()),
    });
    if (price === null) return;
    const dashed = { lineWidth: 1, lineStyle: LineStyle.Dashed, title: "prev. close" } as const;
    this.#previousClose = this.#candles.createPriceLine({ price, color: edge, ...dashed });
  }

  #showIndicators({ indicators, decimals }: Bars, colours: Colours): void {
    const { chart } = this.stage;
    for (const series of this.#indicators) chart.removeSeries(series);
    this.#indicators = [];
    let pane = VOLUME_PANE;
    Object.entries(indicators).forEach(([key, lines], place) => {
      const indicator = indicatorOf(key);
      const own = indicator?.pane === "own";
      const unit = indicator?.unit ?? "figure";
      const formatter = (value: number) => format.indicator(value, unit, decimals);
      if (own) pane += 1;
      for (const [name, values] of Object.entries(lines)) {
        const series = this.#addLine(name, lineColour(colours, name, place), own ? pane : PRICE_PANE);
        series.applyOptions({ priceFormat: { type: "custom", minMove: own ? 0.0001 : 10 ** -decimals, formatter } });
        series.setData(lineOf(this.#wall, values));
        this.#indicators.push(series);
      }
    });
  }

  #addLine(name: string, color: string, pane: number): ISeriesApi<"Line"> | ISeriesApi<"Histogram"> {
    const quiet = { priceLineVisible: false, lastValueVisible: false };
    const { chart } = this.stage;
    if (name === "histogram") return chart.addSeries(HistogramSeries, { ...quiet, color: faint(color, 0.5) }, pane);
    const lineStyle = name === "middle" ? LineStyle.Dashed : LineStyle.Solid;
    return chart.addSeries(
      LineSeries,
      { ...quiet, color, lineWidth: 1, lineStyle, crosshairMarkerVisible: false },
      pane,
    );
  }

  #stretch(): void {
    this.stage.chart.panes().forEach((pane, place) => {
      pane.setStretchFactor(place === PRICE_PANE ? 6 : place === VOLUME_PANE ? 1.2 : 1.8);
    });
  }
}

/** The price axis, stretched to show `price` as well. */
function including(price: number | null, usual: AutoscaleInfo | null): AutoscaleInfo | null {
  if (price === null || !usual?.priceRange) return usual;
  const { minValue, maxValue } = usual.priceRange;
  return { ...usual, priceRange: { minValue: Math.min(minValue, price), maxValue: Math.max(maxValue, price) } };
}

function priceFormat(decimals: number) {
  return {
    type: "custom",
    minMove: 10 ** -decimals,
    formatter: (value: number) => format.price(value, decimals),
  } as const;
}

/** The colour of an indicator's line: the indicator's own by its place, the signal's the next one. */
function lineColour(colours: Pick<Colours, "lines">, name: string, place: number): string {
  return colours.lines[lineNumber(name === "signal" ? place + 1 : place) - 1] ?? "";
}

/** Candles, volume, indicators and marks, drawn from the desk's columns. */

import {
  type AutoscaleInfo,
  type CandlestickData,
  CandlestickSeries,
  createSeriesMarkers,
  HistogramSeries,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type LineData,
  LineSeries,
  LineStyle,
  MismatchDirection,
  PriceScaleMode,
  type SeriesType,
  type Time,
} from "lightweight-charts";
import type { Bars } from "../api/desk";
import type { Scale } from "../lib/address";
import * as format from "../lib/format";
import { indicatorOf, strokeOf } from "../lib/indicators";
import { isIntraday } from "../lib/interval";
import { wallSeconds } from "../lib/zone";
import { PriceAxis, type Tag } from "./Axes";
import { type Colours, faint } from "./colours";
import { extremesOf, lineOf, type Mark, marksOf, onlyCloses } from "./columns";
import { markersOf } from "./marks";
import { asTime, Stage } from "./Stage";
import type { Slots } from "./slots";

const MODES = {
  linear: PriceScaleMode.Normal,
  log: PriceScaleMode.Logarithmic,
  percent: PriceScaleMode.Percentage,
} as const;

/** A level that is drawn across a pane, and told on its axis by us. */
const DASHED = { lineWidth: 1, lineStyle: LineStyle.Dashed, axisLabelVisible: false, title: "" } as const;

/** An axis of figures without tags. */
const PLAIN = { ticks: null, log: false, tags: [], base: () => null };

const PRICE_PANE = 0;
const VOLUME_PANE = 1;

/** Prices as candles, or as a line where there are only closes. */
type Prices = ISeriesApi<"Candlestick"> | ISeriesApi<"Line">;

interface Drawing {
  answer: Bars;
  scale: Scale;
  /** Whether the range is one session. */
  oneDay: boolean;
  colours: Colours;
}

export class PricePlot {
  readonly stage: Stage;
  #prices: Prices | null = null;
  #marks: ISeriesMarkersPluginApi<Time> | null = null;
  readonly #volume: ISeriesApi<"Histogram">;
  readonly #axis = new PriceAxis();
  readonly #volumeAxis = new PriceAxis();
  #marked: readonly Mark[] = [];
  /** How many pixels a bar had when the marks were set. */
  #spacing = 0;
  /** Whether empty places follow the last bar. */
  #trailed = false;
  #previousClose: IPriceLine | null = null;
  #indicators: ISeriesApi<SeriesType>[] = [];
  /** The time of each bar on the chart's clock. */
  #wall: number[] = [];
  #shown = "";
  #colours: Colours | null = null;
  readonly #onPaint: { updateAllViews: () => void };

  /** `onPaint` is called whenever something may have moved, before it is painted. */
  constructor(host: HTMLElement, onPoint: (index: number | null) => void, onPaint: () => void) {
    this.#onPaint = { updateAllViews: onPaint };
    this.stage = new Stage(host, onPoint);
    const quiet = { priceLineVisible: false, lastValueVisible: false };
    this.#volume = this.stage.chart.addSeries(HistogramSeries, quiet, VOLUME_PANE);
    this.#volume.attachPrimitive(this.#volumeAxis);
    this.stage.axisOn(this.#volume);
    this.stage.chart.timeScale().subscribeVisibleLogicalRangeChange(() => this.#placeMarks());
  }

  show({ answer, scale, oneDay, colours }: Drawing): void {
    const follow = this.stage.whole;
    const { bars, interval, zone } = answer;
    const intraday = isIntraday(interval);
    this.#wall = wallSeconds(bars.ts, intraday ? zone : "UTC");
    this.#colours = colours;
    this.stage.paint(colours);
    const slots = this.stage.measure(this.#wall, interval);
    this.#trailed = slots.barAt.at(-1) === -1;
    const prices = this.#pricesAs(onlyCloses(bars) ? "Line" : "Candlestick");
    this.#showBars(prices, answer, slots, colours);
    this.#marked = marksOf(bars.ts, answer.actions, intraday);
    this.#spacing = 0;
    // Over more than a day the close before the first bar is no yardstick for the last one.
    this.#showPreviousClose(prices, oneDay ? answer.previous_close : null, colours);
    this.#showIndicators(answer, colours);
    this.stage.chart.priceScale("right", PRICE_PANE).applyOptions({ mode: MODES[scale] });
    this.#showAxes(answer, scale, colours);
    this.stage.leaveRoom(...extremesOf(bars), this.#marked.length > 0);
    this.#stretch(bars.volume.some((value) => value !== null && value !== 0));
    const window = [answer.symbol, interval, bars.ts[0]].join("/");
    if (window !== this.#shown || follow) this.stage.fit();
    this.#shown = window;
    this.#placeMarks();
  }

  /** Draws the last bar again, as it is by now. */
  follow({ bars }: Bars): void {
    const last = bars.ts.length - 1;
    const wall = this.#wall[last];
    if (!this.#prices || !this.#colours || wall === undefined) return;
    const point = pointOf(bars, last, wall, this.#prices.seriesType());
    if (this.#prices.seriesType() === "Line")
      (this.#prices as ISeriesApi<"Line">).update(point as LineData, this.#trailed);
    else (this.#prices as ISeriesApi<"Candlestick">).update(point as CandlestickData, this.#trailed);
    this.#volume.update(volumeOf(bars, last, wall, this.#colours));
    this.#axis.tag(this.#tags(bars, this.#colours));
  }

  /** How wide and high the pane of the prices is, and how much of the price one pixel of it is. */
  get pane(): { width: number; height: number; step: number } {
    const { chart } = this.stage;
    const [width, height] = [chart.timeScale().width(), chart.panes()[PRICE_PANE]?.getHeight() ?? 0];
    const [top, bottom] = [this.priceAt(0), this.priceAt(height)];
    return { width, height, step: top === null || bottom === null ? 0 : (top - bottom) / Math.max(1, height) };
  }

  /** Where `price` is, in pixels from the top of its pane; also above and below what is seen. */
  yOf(price: number): number | null {
    return this.#prices?.priceToCoordinate(price) ?? null;
  }

  /** Where words stand at the right edge of the pane: those for the close before the day. */
  get wordsAt(): number | null {
    return this.#previousClose ? this.yOf(this.#previousClose.options().price) : null;
  }

  priceAt(y: number): number | null {
    return this.#prices?.coordinateToPrice(y) ?? null;
  }

  /** Where the bar at `index` stands, in pixels from the left; also beyond what is seen. */
  xOf(index: number): number | null {
    const wall = this.#wall[index];
    return wall === undefined ? null : this.stage.chart.timeScale().timeToCoordinate(asTime(wall));
  }

  point(index: number, price: number | null): void {
    if (this.#prices) this.stage.point(index, price, this.#prices);
  }

  /** The series of that kind; one of the other kind makes room for it, with all that hangs on it. */
  #pricesAs(kind: "Candlestick" | "Line"): Prices {
    const { chart } = this.stage;
    if (this.#prices?.seriesType() === kind) return this.#prices;
    if (this.#prices) this.stage.take(this.#prices as ISeriesApi<SeriesType>);
    const quiet = { priceLineVisible: false, lastValueVisible: false };
    this.#prices =
      kind === "Line"
        ? chart.addSeries(LineSeries, { ...quiet, lineWidth: 2 }, PRICE_PANE)
        : chart.addSeries(CandlestickSeries, quiet, PRICE_PANE);
    this.#marks = createSeriesMarkers(this.#prices as ISeriesApi<SeriesType>);
    (this.#prices as ISeriesApi<SeriesType>).attachPrimitive(this.#onPaint);
    (this.#prices as ISeriesApi<SeriesType>).attachPrimitive(this.#axis);
    this.#previousClose = null;
    return this.#prices;
  }

  #showBars(prices: Prices, { bars, decimals }: Bars, slots: Slots, colours: Colours): void {
    const kind = prices.seriesType();
    prices.applyOptions({
      upColor: colours.up,
      downColor: colours.down,
      wickUpColor: colours.up,
      wickDownColor: colours.down,
      borderVisible: false,
      color: colours.accent,
      priceFormat: priceFormat(decimals),
    });
    this.#volume.applyOptions({ priceFormat: { type: "custom", minMove: 1, formatter: format.compact } });
    const points = slots.wall.map((wall, place) => pointOf(bars, slots.barAt[place] ?? -1, wall, kind));
    if (kind === "Line") (prices as ISeriesApi<"Line">).setData(points as LineData[]);
    else (prices as ISeriesApi<"Candlestick">).setData(points as CandlestickData[]);
    this.#volume.setData(this.#wall.map((wall, index) => volumeOf(bars, index, wall, colours)));
  }

  #showAxes({ bars, decimals }: Bars, scale: Scale, colours: Colours): void {
    const percent = scale === "percent";
    this.#axis.show({
      colours,
      ticks: null,
      decimals: percent ? 2 : decimals,
      log: scale === "log",
      show: (value) => (percent ? format.percentUnit(value) : format.price(value, decimals)),
      tags: this.#tags(bars, colours),
      base: () => (percent ? this.#firstSeen() : null),
    });
    this.#volumeAxis.show({ ...PLAIN, colours, decimals: 0, show: format.compact });
  }

  /** The close from which on an axis in percent tells the change: that of the first bar in the window. */
  #firstSeen(): number | null {
    const window = this.stage.chart.timeScale().getVisibleLogicalRange();
    if (!window || !this.#prices) return null;
    const first = (this.#prices as ISeriesApi<SeriesType>).dataByIndex(
      Math.floor(window.from),
      MismatchDirection.NearestRight,
    );
    return first && "close" in first ? first.close : first && "value" in first ? first.value : null;
  }

  /** On the axis: the last close there is, whichever bars the window shows, and the close before the day. */
  #tags({ open, close }: Bars["bars"], { up, down, quiet }: Colours): Tag[] {
    const last = close.findLastIndex((value) => value !== null);
    const price = close[last];
    const before = this.#previousClose?.options().price;
    const tags: Tag[] = before === undefined ? [] : [{ price: before, colour: quiet, title: "prev. close" }];
    if (price == null) return tags;
    const from = open[last] ?? close[last - 1] ?? price;
    return [...tags, { price, colour: price < from ? down : up, title: "" }];
  }

  /** Sets the marks anew where a bar became wider or narrower, so that they never crowd. */
  #placeMarks(): void {
    const scale = this.stage.chart.timeScale();
    const window = scale.getVisibleLogicalRange();
    const spacing = window ? scale.width() / (window.to - window.from) : 0;
    if (!this.#colours || !(spacing > 0) || Math.abs(spacing / this.#spacing - 1) < 0.01) return;
    this.#spacing = spacing;
    const inside = this.stage.whole && !this.#trailed;
    const marks = markersOf(this.#marked, { wall: this.#wall, spacing, color: this.#colours.accent, inside });
    this.#marks?.setMarkers(marks);
  }

  #showPreviousClose(prices: Prices, price: number | null, { edge }: Colours): void {
    if (this.#previousClose) prices.removePriceLine(this.#previousClose);
    this.#previousClose = null;
    prices.applyOptions({
      autoscaleInfoProvider: (usual: () => AutoscaleInfo | null) => including(price === null ? [] : [price], usual()),
    });
    if (price === null) return;
    this.#previousClose = prices.createPriceLine({ price, color: edge, ...DASHED });
  }

  #showIndicators({ indicators, decimals }: Bars, colours: Colours): void {
    for (const series of this.#indicators) this.stage.take(series);
    this.#indicators = [];
    let pane = VOLUME_PANE;
    Object.entries(indicators).forEach(([key, lines], place) => {
      const indicator = indicatorOf(key);
      const own = indicator?.pane === "own";
      const unit = indicator?.unit ?? "figure";
      const formatter = (value: number) => format.indicator(value, unit, decimals);
      if (own) pane += 1;
      let axis = own ? new PriceAxis() : null;
      for (const [name, values] of Object.entries(lines)) {
        const series = this.#addLine(name, indicatorLook(colours, name, place), own ? pane : PRICE_PANE);
        series.applyOptions({ priceFormat: { type: "custom", minMove: own ? 0.0001 : 10 ** -decimals, formatter } });
        series.setData(lineOf(this.#wall, values));
        if (indicator) showLevels(series, indicator.levels, colours);
        if (axis) {
          series.attachPrimitive(axis);
          const ticks = indicator && indicator.levels.length > 0 ? indicator.levels : null;
          axis.show({ ...PLAIN, colours, ticks, decimals: 4, show: formatter });
          axis = null;
        }
        this.#indicators.push(series);
      }
    });
  }

  #addLine(name: string, { color, dashed }: LineLook, pane: number): ISeriesApi<"Line"> | ISeriesApi<"Histogram"> {
    const quiet = { priceLineVisible: false, lastValueVisible: false };
    const { chart } = this.stage;
    if (name === "histogram") return chart.addSeries(HistogramSeries, { ...quiet, color }, pane);
    const lineStyle = dashed ? LineStyle.Dashed : LineStyle.Solid;
    return chart.addSeries(
      LineSeries,
      { ...quiet, color, lineWidth: 1, lineStyle, crosshairMarkerVisible: false },
      pane,
    );
  }

  #stretch(hasVolume: boolean): void {
    const shares = { price: 6, volume: hasVolume ? 1.2 : 0.001, own: 1.8 };
    this.stage.chart.panes().forEach((pane, place) => {
      pane.setStretchFactor(place === PRICE_PANE ? shares.price : place === VOLUME_PANE ? shares.volume : shares.own);
    });
  }
}

/** The bar at `index` for a series of that kind; a close alone is a dash among candles. */
function pointOf({ open, high, low, close }: Bars["bars"], index: number, wall: number, kind: SeriesType) {
  const time = asTime(wall);
  const value = close[index];
  if (value == null) return { time };
  if (kind === "Line") return { time, value };
  return { time, open: open[index] ?? value, high: high[index] ?? value, low: low[index] ?? value, close: value };
}

function volumeOf({ open, close, volume }: Bars["bars"], index: number, wall: number, { up, down }: Colours) {
  const [time, value] = [asTime(wall), volume[index]];
  if (value == null) return { time };
  return { time, value, color: faint((close[index] ?? 0) < (open[index] ?? 0) ? down : up, 0.45) };
}

function showLevels(series: ISeriesApi<SeriesType>, levels: readonly number[], { edge }: Colours): void {
  for (const price of levels) series.createPriceLine({ price, color: edge, ...DASHED });
  series.applyOptions({ autoscaleInfoProvider: (usual: () => AutoscaleInfo | null) => including(levels, usual()) });
}

/** The axis, stretched to show `prices` as well. */
function including(prices: readonly number[], usual: AutoscaleInfo | null): AutoscaleInfo | null {
  if (!usual?.priceRange) return usual;
  const { minValue, maxValue } = usual.priceRange;
  return { ...usual, priceRange: { minValue: Math.min(minValue, ...prices), maxValue: Math.max(maxValue, ...prices) } };
}

function priceFormat(decimals: number) {
  return {
    type: "custom",
    minMove: 10 ** -decimals,
    formatter: (value: number) => format.price(value, decimals),
  } as const;
}

interface LineLook {
  color: string;
  dashed: boolean;
}

/** As the legend shows it: by colour and by stroke (see `strokeOf`). */
function indicatorLook(colours: Colours, name: string, place: number): LineLook {
  const { colour, dashed } = strokeOf(name, place);
  return colour === null
    ? { color: faint(colours.quiet, 0.5), dashed }
    : { color: colours.lines[colour - 1] ?? "", dashed };
}

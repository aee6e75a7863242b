/** Several symbols, or several figures of a portfolio, on one chart: as lines, or as columns stacked on one another. */

import {
  AreaSeries,
  createSeriesMarkers,
  HistogramSeries,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  LineType,
  PriceScaleMode,
  type SeriesType,
} from "lightweight-charts";
import { isIntraday } from "../lib/interval";
import { wallSeconds } from "../lib/zone";
import { PriceAxis } from "./Axes";
import { type Colours, faint } from "./colours";
import { brokenLineOf, gappedLineOf, inPlaces, lineOf, type Mark, stacked } from "./columns";
import { markersOf } from "./marks";
import { Stage } from "./Stage";
import type { Slots } from "./slots";
import { tagsOf } from "./tags";

interface LinesSeries {
  symbol: string;
  colour: number;
  values: readonly (number | null)[];
  /** An area down to the foot of the chart, or steps for what changes at once; what is missing then leaves a gap. */
  shape?: "area" | "step" | "gapped";
}

export interface Lines {
  ts: readonly number[];
  /** How long what stands at one instant is: `30m`, `1d`. */
  interval: string;
  zone: string;
  /** Each symbol with the number of its colour. */
  series: readonly LinesSeries[];
  kind: "lines" | "stacked";
  /** A level worth a line of its own, such as 0 % where everything began. */
  level: number | null;
  /** Whether the axis is logarithmic. */
  log: boolean;
  show: (value: number) => string;
  decimals: number;
  /** What happened on some of the times, below the first line. */
  marks?: readonly Mark[];
}

export class LinesPlot {
  readonly stage: Stage;
  readonly #axis = new PriceAxis();
  #series: ISeriesApi<SeriesType>[] = [];
  #wall: number[] = [];
  #placing: (() => void) | null = null;

  constructor(host: HTMLElement, onPoint: (index: number | null) => void) {
    this.stage = new Stage(host, onPoint);
  }

  show(lines: Lines, colours: Colours): void {
    for (const series of this.#series) this.stage.take(series);
    this.#wall = wallSeconds(lines.ts, isIntraday(lines.interval) ? lines.zone : "UTC");
    this.stage.paint(colours);
    const slots = this.stage.measure(this.#wall, lines.interval);
    const mode = lines.log ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal;
    this.stage.chart.priceScale("right").applyOptions({ mode });
    this.stage.leaveRoom(...extremes(lines), !!lines.marks?.length);
    this.#series = lines.kind === "stacked" ? this.#columns(lines, slots, colours) : this.#lines(lines, slots, colours);
    const [first] = this.#series;
    if (first) this.#axesOn(first, lines, colours);
    if (first && lines.level !== null) {
      const quiet = { lineWidth: 1, lineStyle: LineStyle.Dashed, axisLabelVisible: false, title: "" } as const;
      first.createPriceLine({ price: lines.level, color: colours.edge, ...quiet });
    }
    this.stage.fit();
    if (first && lines.marks) this.#mark(first, lines.marks, colours);
  }

  #mark(first: ISeriesApi<SeriesType>, marks: readonly Mark[], { accent }: Colours): void {
    const scale = this.stage.chart.timeScale();
    const plugin = createSeriesMarkers(first);
    const place = () => {
      const window = scale.getVisibleLogicalRange();
      const spacing = window ? scale.width() / (window.to - window.from) : 0;
      if (!(spacing > 0)) return;
      plugin.setMarkers(markersOf(marks, { wall: this.#wall, spacing, color: accent, inside: this.stage.whole }));
    };
    place();
    // Wider or narrower, they may touch or no longer do; those of the lines before are gone with them.
    if (this.#placing) scale.unsubscribeVisibleLogicalRangeChange(this.#placing);
    this.#placing = place;
    scale.subscribeVisibleLogicalRangeChange(place);
  }

  point(index: number, price: number | null): void {
    const [first] = this.#series;
    if (first) this.stage.point(index, price, first);
  }

  #axesOn(first: ISeriesApi<SeriesType>, lines: Lines, colours: Colours): void {
    this.stage.axisOn(first);
    first.attachPrimitive(this.#axis);
    const { log, show, decimals } = lines;
    const tags = tagsOf(lines, colours, this.stage.chart.chartElement().clientWidth);
    this.#axis.show({ colours, ticks: null, decimals, log, show, tags, base: () => null });
  }

  #lines({ series, show, decimals }: Lines, slots: Slots, colours: Colours): ISeriesApi<SeriesType>[] {
    return series.map(({ colour, values, shape }) => {
      const painted = colours.lines[colour - 1] ?? colours.ink;
      const options = {
        lineWidth: 2,
        // The second four are dotted, so that no line is told by its colour alone.
        lineStyle: colour <= 4 ? LineStyle.Solid : LineStyle.Dotted,
        lineType: shape === "step" ? LineType.WithSteps : LineType.Simple,
        priceLineVisible: false,
        lastValueVisible: false,
        priceFormat: { type: "custom", minMove: 10 ** -decimals, formatter: show },
      } as const;
      const { chart } = this.stage;
      const points = shape ? gappedLineOf(this.#wall, values) : brokenLineOf(this.#wall, values);
      if (shape !== "area") {
        const line = chart.addSeries(LineSeries, { ...options, color: painted });
        line.setData(inPlaces(points, slots));
        return line;
      }
      const [topColor, bottomColor] = [faint(painted, 0.22), faint(painted, 0.02)];
      const area = chart.addSeries(AreaSeries, { ...options, lineColor: painted, topColor, bottomColor });
      area.setData(inPlaces(points, slots));
      return area;
    });
  }

  #columns({ series, show }: Lines, slots: Slots, colours: Colours): ISeriesApi<SeriesType>[] {
    const totals = stacked(series.map(({ values }) => values));
    // The tallest total is drawn first; each shorter one then covers its foot.
    return totals.toReversed().map((values, back) => {
      const { colour = 0 } = series[totals.length - 1 - back] ?? {};
      const columns = this.stage.chart.addSeries(HistogramSeries, {
        color: colours.lines[colour - 1] ?? colours.ink,
        priceLineVisible: false,
        lastValueVisible: false,
        priceFormat: { type: "custom", minMove: 1, formatter: show },
      });
      columns.priceScale().applyOptions({ scaleMargins: { top: 0.06, bottom: 0 } });
      columns.setData(inPlaces(lineOf(this.#wall, values), slots));
      return columns;
    });
  }
}

function extremes({ series }: Lines): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of series) {
    for (const value of values) {
      low = Math.min(low, value ?? low);
      high = Math.max(high, value ?? high);
    }
  }
  return [low, high];
}

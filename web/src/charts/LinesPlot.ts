/** Several symbols on one chart: as lines, or as columns stacked on one another. */

import { HistogramSeries, type ISeriesApi, LineSeries, LineStyle, type SeriesType } from "lightweight-charts";
import { wallSeconds } from "../lib/zone";
import { type Colours, faint } from "./colours";
import { lineOf, stacked } from "./columns";
import { asTime, Stage } from "./Stage";

export interface Lines {
  ts: readonly number[];
  intraday: boolean;
  zone: string;
  series: readonly { symbol: string; values: readonly (number | null)[] }[];
  kind: "lines" | "stacked";
  /** A level worth a line of its own, such as 0 % where everything began. */
  level: number | null;
  show: (value: number) => string;
  decimals: number;
}

export class LinesPlot {
  readonly stage: Stage;
  #series: ISeriesApi<SeriesType>[] = [];
  #wall: number[] = [];

  constructor(host: HTMLElement, onPoint: (index: number | null) => void) {
    this.stage = new Stage(host, onPoint);
  }

  show(lines: Lines, colours: Colours): void {
    const { chart } = this.stage;
    for (const series of this.#series) chart.removeSeries(series);
    this.#wall = wallSeconds(lines.ts, lines.intraday ? lines.zone : "UTC");
    this.stage.paint(colours);
    this.stage.measure(this.#wall.length, lines.intraday);
    this.#series = lines.kind === "stacked" ? this.#columns(lines, colours) : this.#lines(lines, colours);
    const [first] = this.#series;
    if (first && lines.level !== null) {
      const quiet = { lineWidth: 1, lineStyle: LineStyle.Dashed, axisLabelVisible: false, title: "" } as const;
      first.createPriceLine({ price: lines.level, color: colours.edge, ...quiet });
    }
    this.stage.fit();
  }

  point(index: number, price: number | null): void {
    const [first] = this.#series;
    const time = this.#wall[index];
    if (first && time !== undefined) this.stage.point(index, time, price, first);
  }

  #lines({ series, show, decimals }: Lines, colours: Colours): ISeriesApi<SeriesType>[] {
    return series.map(({ symbol, values }, place) => {
      const line = this.stage.chart.addSeries(LineSeries, {
        title: symbol,
        color: colours.lines[place] ?? colours.ink,
        lineWidth: 2,
        // The second four are dotted, so that no line is told by its colour alone.
        lineStyle: place < 4 ? LineStyle.Solid : LineStyle.Dotted,
        priceLineVisible: false,
        priceFormat: { type: "custom", minMove: 10 ** -decimals, formatter: show },
      });
      line.setData(lineOf(this.#wall, values));
      return line;
    });
  }

  #columns({ series, show }: Lines, colours: Colours): ISeriesApi<SeriesType>[] {
    const totals = stacked(series.map(({ values }) => values));
    // The tallest total is drawn first; each shorter one then covers its foot.
    return totals.toReversed().map((values, back) => {
      const place = totals.length - 1 - back;
      const columns = this.stage.chart.addSeries(HistogramSeries, {
        color: faint(colours.lines[place] ?? colours.ink, 1),
        priceLineVisible: false,
        lastValueVisible: false,
        priceFormat: { type: "custom", minMove: 1, formatter: show },
      });
      columns.priceScale().applyOptions({ scaleMargins: { top: 0.06, bottom: 0 } });
      columns.setData(values.map((value, i) => ({ time: asTime(this.#wall[i] ?? 0), value })));
      return columns;
    });
  }
}

/** What stands on the axes of a chart, drawn in the place of the library's own: ticks, and tags that cover none of them. */

import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  Logical,
  PrimitivePaneViewZOrder,
  SeriesAttachedParameter,
  SeriesType,
  Time,
} from "lightweight-charts";
import type { Colours } from "./colours";
import type { Slots } from "./slots";
import { apart, priceTicks, timeTicks } from "./ticks";

/** Pixels: a text's size, a tag's height, and before a text on the price axis. */
const [TEXT, TAG, BEFORE] = [11, 17, 8];
/** From one tick to the next, at least; also in a pane that has little room for them. */
const [TICK, TICK_OF_LOW] = [32, 24];
const LOW = 160;

/** A price worth telling on its axis, in its colour; `title` stands beside it on the chart. */
export interface Tag {
  price: number;
  colour: string;
  title: string;
}

interface PriceAxisLook {
  colours: Colours;
  /** Where ticks are wanted; null: at round prices. */
  ticks: readonly number[] | null;
  /** The finest step between two ticks, in decimals. */
  decimals: number;
  log: boolean;
  show: (value: number) => string;
  tags: readonly Tag[];
  /** What is told in percent of what; null: prices are told as they are. */
  base: () => number | null;
}

interface Laid {
  ticks: { y: number; text: string }[];
  tags: { y: number; text: string; tag: Tag }[];
}

/** The price axis of the pane of the series that it is attached to. */
export class PriceAxis implements ISeriesPrimitive<Time> {
  #series: ISeriesApi<SeriesType> | null = null;
  #redraw: () => void = () => {};
  #look: PriceAxisLook | null = null;
  readonly #panes = [
    view((canvas) => this.#drawGrid(canvas), "bottom"),
    view((canvas) => this.#drawTitles(canvas), "top"),
  ];
  readonly #axes = [view((canvas) => this.#drawAxis(canvas), "normal")];

  attached({ series, requestUpdate }: SeriesAttachedParameter<Time>): void {
    this.#series = series as ISeriesApi<SeriesType>;
    this.#redraw = requestUpdate;
  }

  detached(): void {
    this.#series = null;
  }

  show(look: PriceAxisLook): void {
    this.#look = look;
    this.#redraw();
  }

  /** Tells other prices on the same axis. */
  tag(tags: readonly Tag[]): void {
    if (this.#look) this.show({ ...this.#look, tags });
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#panes;
  }

  priceAxisPaneViews(): readonly IPrimitivePaneView[] {
    return this.#axes;
  }

  #ticks(height: number): { y: number; text: string }[] {
    const [series, look] = [this.#series, this.#look];
    const [top, bottom] = [series?.coordinateToPrice(0), series?.coordinateToPrice(height)];
    if (!series || !look || top == null || bottom == null) return [];
    const base = look.base();
    const seen = (price: number) => (base ? (price / base - 1) * 100 : price);
    const [low, high] = [seen(Math.min(top, bottom)), seen(Math.max(top, bottom))];
    const room = Math.floor(height / (height < LOW ? TICK_OF_LOW : TICK));
    const ticks = look.ticks ?? priceTicks(low, high, room, look.decimals, look.log);
    return ticks.flatMap((value) => {
      const y = series.priceToCoordinate(base ? base * (1 + value / 100) : value);
      return y === null || y < TEXT / 2 || y > height - TEXT / 2 ? [] : [{ y, text: look.show(value) }];
    });
  }

  #laid(height: number): Laid {
    const [series, look] = [this.#series, this.#look];
    if (!series || !look) return { ticks: [], tags: [] };
    const base = look.base();
    const told = look.tags.flatMap((tag) => {
      const y = series.priceToCoordinate(tag.price);
      return y === null || y < 0 || y > height ? [] : [{ y, tag }];
    });
    const places = apart(
      told.map(({ y }) => y),
      TAG,
      height,
    );
    const tags = told.map(({ tag }, index) => ({
      y: places[index] ?? 0,
      text: look.show(base ? (tag.price / base - 1) * 100 : tag.price),
      tag,
    }));
    const free = (y: number) => tags.every((tag) => Math.abs(tag.y - y) >= (TAG + TEXT) / 2);
    return { ticks: this.#ticks(height).filter(({ y }) => free(y)), tags };
  }

  #drawGrid({ context, width, height }: Canvas): void {
    context.fillStyle = this.#look?.colours.hair ?? "";
    for (const { y } of this.#ticks(height)) context.fillRect(0, Math.round(y), width, 1);
  }

  #drawTitles({ context, width, height }: Canvas): void {
    this.#write(context);
    const before = BEFORE / 2;
    for (const { y, tag } of this.#laid(height).tags) {
      if (!tag.title) continue;
      const long = context.measureText(tag.title).width + 2 * before;
      this.#label(context, { text: tag.title, colour: tag.colour, x: width - long, y, width: long, before });
    }
  }

  #drawAxis({ context, height }: Canvas): void {
    this.#write(context);
    const { ticks, tags } = this.#laid(height);
    for (const { y, text } of ticks) context.fillText(text, BEFORE, y);
    for (const { y, text, tag } of tags) {
      const width = context.measureText(text).width + 2 * BEFORE;
      this.#label(context, { text, colour: tag.colour, x: 0, y, width, before: BEFORE });
    }
  }

  #write(context: CanvasRenderingContext2D): void {
    context.font = fontOf("");
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.fillStyle = this.#look?.colours.quiet ?? "";
  }

  #label(context: CanvasRenderingContext2D, { text, colour, x, y, width, before }: Label): void {
    context.fillStyle = colour;
    context.fillRect(x, Math.round(y - TAG / 2), width, TAG);
    context.fillStyle = this.#look?.colours.paper ?? "";
    context.fillText(text, x + before, y);
  }
}

interface Label {
  text: string;
  colour: string;
  x: number;
  y: number;
  width: number;
  before: number;
}

/** The time axis of a chart, attached to any of its series. */
export class TimeAxis implements ISeriesPrimitive<Time> {
  #chart: IChartApi | null = null;
  #slots: Slots = { wall: [], ofBar: [], barAt: [] };
  #intraday = false;
  #colours: Colours | null = null;
  readonly #axes = [view((canvas) => this.#draw(canvas), "normal")];

  attached({ chart }: SeriesAttachedParameter<Time>): void {
    this.#chart = chart as IChartApi;
  }

  detached(): void {
    this.#chart = null;
  }

  show(slots: Slots, intraday: boolean): void {
    this.#slots = slots;
    this.#intraday = intraday;
  }

  paint(colours: Colours): void {
    this.#colours = colours;
  }

  timeAxisPaneViews(): readonly IPrimitivePaneView[] {
    return this.#axes;
  }

  #draw({ context, width, height }: Canvas): void {
    const scale = this.#chart?.timeScale();
    const window = scale?.getVisibleLogicalRange();
    if (!scale || !window) return;
    const spacing = scale.width() / Math.max(1e-9, window.to - window.from);
    const { wall, barAt } = this.#slots;
    const ticks = timeTicks({ wall, barAt, ...window, spacing, intraday: this.#intraday }, Date.now());
    context.fillStyle = this.#colours?.quiet ?? "";
    context.textBaseline = "middle";
    context.textAlign = "center";
    for (const { place, text, strong } of ticks) {
      const x = scale.logicalToCoordinate(place as Logical);
      context.font = fontOf(strong ? "600 " : "");
      const half = context.measureText(text).width / 2;
      // Half a date tells nothing.
      if (x !== null && x - half >= 0 && x + half <= width) context.fillText(text, x, height / 2);
    }
  }
}

function fontOf(weight: string): string {
  return `${weight}${TEXT}px ${getComputedStyle(document.documentElement).fontFamily}`;
}

interface Canvas {
  context: CanvasRenderingContext2D;
  width: number;
  height: number;
}

function view(draw: (canvas: Canvas) => void, order: PrimitivePaneViewZOrder): IPrimitivePaneView {
  const renderer: IPrimitivePaneRenderer = {
    draw: (target) => target.useMediaCoordinateSpace(({ context, mediaSize }) => draw({ context, ...mediaSize })),
  };
  return { zOrder: () => order, renderer: () => renderer };
}

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Bars } from "../api/desk";
import type { Scale } from "../lib/address";
import * as format from "../lib/format";
import { useKey } from "../lib/hooks";
import { isIntraday } from "../lib/interval";
import { usePalette } from "../lib/look";
import { ChartAlerts, type Level, place } from "./ChartAlerts";
import { ChartFrame } from "./ChartFrame";
import { ChartMenu } from "./ChartMenu";
import { coloursAt } from "./colours";
import { marksOf } from "./columns";
import { Legend } from "./Legend";
import { type Latest, withLatest } from "./latest";
import { type Happening, type Spot, spotsOf } from "./levels";
import { PricePlot } from "./PricePlot";
import { usePointed } from "./pointed";
import { summaryOf } from "./summary";

/** What is waited for at which level, what has fired, and what a rule on trial would have done. */
export interface Alerts {
  levels: readonly Level[];
  fired: readonly Happening[];
  tried: readonly Happening[];
  /** Null: the reader may make and move none. */
  onMove: ((id: number, price: number) => void) | null;
}

interface PriceChartProps {
  answer: Bars;
  /** The newest bars as they are by now. */
  latest: readonly Latest[];
  scale: Scale;
  oneDay: boolean;
  /** None where the chart shows the past. */
  alerts: Alerts | null;
  height: string;
}

/** One symbol's candles, with the keyboard, a legend that follows the crosshair, and a spoken reading. */
export function PriceChart({ answer, latest, scale, oneDay, alerts, height }: PriceChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const over = useRef<HTMLDivElement>(null);
  const plot = useRef<PricePlot>(null);
  const [index, setIndex] = useState<number | null>(null);
  const palette = usePalette();
  const now = useMemo(() => withLatest(answer, latest), [answer, latest]);
  const menu = usePointed(host, plot, answer.decimals, alerts?.onMove != null);

  useEffect(() => {
    if (!host.current) return;
    const made = new PricePlot(host.current, setIndex, () => place(over.current, plot.current));
    plot.current = made;
    return () => {
      plot.current = null;
      made.stage.remove();
    };
  }, []);

  const count = now.bars.ts.length;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the palette changes what the tokens resolve to, and a bar begun is drawn with all the others
  useEffect(() => {
    if (host.current) plot.current?.show({ answer: now, scale, oneDay, colours: coloursAt(host.current) });
  }, [answer, count, scale, oneDay, palette]);

  useEffect(() => plot.current?.follow(now), [now]);

  const at = index !== null && index < count ? index : null;
  const fired = useSpots(now, alerts?.fired);
  const tried = useSpots(now, alerts?.tried);
  const toldAt = (bar: number) =>
    [...fired, ...tried].filter((spot) => spot.index === bar).flatMap(({ texts }) => texts);
  const read = (to: number) => {
    setIndex(to);
    plot.current?.point(to, now.bars.close[to] ?? null);
  };
  const close = useCallback(
    (back: boolean) => {
      menu.close();
      if (back) host.current?.focus({ preventScroll: true });
    },
    [menu.close],
  );
  useKey("a", () => {
    const bar = at ?? count - 1;
    menu.openAt(bar, now.bars.close[bar] ?? null);
  });
  return (
    <ChartFrame
      label={`${answer.symbol} price chart, ${count} bars of ${answer.interval}`}
      summary={summaryOf(answer, latest)}
      measures={measuresOf(answer)}
      legend={<Legend answer={now} index={at ?? count - 1} told={toldAt(at ?? count - 1)} />}
      host={host}
      stage={plot}
      count={count}
      index={at}
      onIndex={read}
      over={
        alerts && (
          <>
            <ChartAlerts {...alerts} box={over} plot={plot} fired={fired} tried={tried} decimals={answer.decimals} />
            {menu.at && <ChartMenu symbol={answer.symbol} at={menu.at} decimals={answer.decimals} onClose={close} />}
          </>
        )
      }
      spoken={(to) => [spokenBar(now, to), ...toldAt(to)].join(" ")}
      height={height}
    />
  );
}

const NONE: readonly Happening[] = [];

function useSpots({ bars, interval, zone }: Bars, happenings = NONE): readonly Spot[] {
  return useMemo(() => spotsOf(bars.ts, happenings, interval, zone), [bars.ts, happenings, interval, zone]);
}

const ADJUSTED = { raw: "as traded", split: "split-adjusted", total: "adjusted for splits and dividends" };

/** `USD, split-adjusted · New York time`. */
function measuresOf({ currency, adjust, interval, zone }: Bars): string {
  const prices = [currency, ADJUSTED[adjust]].filter(Boolean).join(", ");
  return isIntraday(interval) ? `${prices} · ${format.zoneName(zone)}` : prices;
}

/** `19 Nov 2026: open 189.10, high 190.00, low 188.20, close 189.42, volume 51.2 M. Dividend 0.24 USD.` */
function spokenBar({ bars, zone, interval, decimals, actions }: Bars, index: number): string {
  const intraday = isIntraday(interval);
  const told = (["open", "high", "low", "close"] as const).flatMap((name) =>
    bars[name][index] == null ? [] : [`${name} ${format.price(bars[name][index], decimals)}`],
  );
  if (bars.volume[index] != null) told.push(`volume ${format.compact(bars.volume[index])}`);
  const mark = marksOf(bars.ts, actions, intraday).find((each) => each.index === index);
  const text = `${format.barTime(bars.ts[index] ?? 0, zone, intraday)}: ${told.join(", ") || "no price"}.`;
  return mark ? `${text} ${mark.text}.` : text;
}

import { useEffect, useMemo, useRef, useState } from "react";
import type { Bars } from "../api/desk";
import type { Scale } from "../lib/address";
import * as format from "../lib/format";
import { isIntraday } from "../lib/interval";
import { usePalette } from "../lib/look";
import { ChartFrame } from "./ChartFrame";
import { coloursAt } from "./colours";
import { marksOf } from "./columns";
import { Legend } from "./Legend";
import { type Latest, withLatest } from "./latest";
import { PricePlot } from "./PricePlot";

interface PriceChartProps {
  answer: Bars;
  /** The last bar as the live price has made it since. */
  latest: Latest | null;
  scale: Scale;
  oneDay: boolean;
  height: string;
}

/** One symbol's candles, with the keyboard, a legend that follows the crosshair, and a spoken reading. */
export function PriceChart({ answer, latest, scale, oneDay, height }: PriceChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<PricePlot>(null);
  const [index, setIndex] = useState<number | null>(null);
  const palette = usePalette();
  const now = useMemo(() => withLatest(answer, latest), [answer, latest]);

  useEffect(() => {
    if (!host.current) return;
    const made = new PricePlot(host.current, setIndex);
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

  useEffect(() => {
    if (host.current) plot.current?.follow(now, coloursAt(host.current));
  }, [now]);

  const at = index !== null && index < count ? index : null;
  const read = (to: number) => {
    setIndex(to);
    plot.current?.point(to, now.bars.close[to] ?? null);
  };
  return (
    <ChartFrame
      label={`${answer.symbol} price chart, ${count} bars of ${answer.interval}`}
      summary={answer.summary}
      measures={measuresOf(answer)}
      legend={<Legend answer={now} index={at ?? count - 1} />}
      host={host}
      stage={plot}
      count={count}
      index={at}
      onIndex={read}
      spoken={(to) => spokenBar(now, to)}
      height={height}
    />
  );
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

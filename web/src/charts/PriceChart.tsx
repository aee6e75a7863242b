import { useEffect, useRef, useState } from "react";
import type { Bars } from "../api/desk";
import type { Scale } from "../lib/address";
import * as format from "../lib/format";
import { isIntraday } from "../lib/interval";
import { usePalette } from "../lib/look";
import { ChartFrame } from "./ChartFrame";
import { coloursAt } from "./colours";
import { marksOf } from "./columns";
import { Legend } from "./Legend";
import { PricePlot } from "./PricePlot";

interface PriceChartProps {
  answer: Bars;
  scale: Scale;
  oneDay: boolean;
  height: string;
}

/** One symbol's candles, with the keyboard, a legend that follows the crosshair, and a spoken reading. */
export function PriceChart({ answer, scale, oneDay, height }: PriceChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<PricePlot>(null);
  const [index, setIndex] = useState<number | null>(null);
  const palette = usePalette();

  useEffect(() => {
    if (!host.current) return;
    const made = new PricePlot(host.current, setIndex);
    plot.current = made;
    return () => {
      plot.current = null;
      made.stage.remove();
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the palette changes what the tokens resolve to
  useEffect(() => {
    if (host.current) plot.current?.show({ answer, scale, oneDay, colours: coloursAt(host.current) });
  }, [answer, scale, oneDay, palette]);

  const count = answer.bars.ts.length;
  const at = index !== null && index < count ? index : null;
  const read = (to: number) => {
    setIndex(to);
    plot.current?.point(to, answer.bars.close[to] ?? null);
  };
  return (
    <ChartFrame
      label={`${answer.symbol} price chart, ${count} bars of ${answer.interval}`}
      summary={answer.summary}
      legend={<Legend answer={answer} index={at ?? count - 1} />}
      host={host}
      stage={plot}
      count={count}
      index={at}
      onIndex={read}
      spoken={(to) => spokenBar(answer, to)}
      height={height}
    />
  );
}

/** `19 Nov 2026: open 189.10, high 190.00, low 188.20, close 189.42, volume 51.2 M. Dividend 0.24 USD.` */
function spokenBar({ bars, zone, interval, decimals, actions }: Bars, index: number): string {
  const intraday = isIntraday(interval);
  const price = (column: readonly (number | null)[]) => format.price(column[index], decimals);
  const mark = marksOf(bars.ts, actions, intraday).find((each) => each.index === index);
  return [
    `${format.barTime(bars.ts[index] ?? 0, zone, intraday)}: open ${price(bars.open)}, high ${price(bars.high)}`,
    `, low ${price(bars.low)}, close ${price(bars.close)}, volume ${format.compact(bars.volume[index])}.`,
    mark ? ` ${mark.text}.` : "",
  ].join("");
}

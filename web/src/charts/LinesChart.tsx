import { type ReactNode, useEffect, useRef, useState } from "react";
import { usePalette } from "../lib/look";
import { ChartFrame } from "./ChartFrame";
import { coloursAt } from "./colours";
import { type Lines, LinesPlot } from "./LinesPlot";

interface LinesChartProps {
  label: string;
  summary: string;
  measures: string;
  lines: Lines;
  height: string;
  legend: (index: number) => ReactNode;
  /** The reading at an index as a sentence. */
  spoken: (index: number) => string;
}

/** Several symbols on one chart, with the keyboard and a spoken reading. */
export function LinesChart({ label, summary, measures, lines, height, legend, spoken }: LinesChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<LinesPlot>(null);
  const [index, setIndex] = useState<number | null>(null);
  const palette = usePalette();

  useEffect(() => {
    if (!host.current) return;
    const made = new LinesPlot(host.current, setIndex);
    plot.current = made;
    return () => {
      plot.current = null;
      made.stage.remove();
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the palette changes what the tokens resolve to
  useEffect(() => {
    if (host.current) plot.current?.show(lines, coloursAt(host.current));
  }, [lines, palette]);

  const count = lines.ts.length;
  const at = index !== null && index < count ? index : null;
  const read = (to: number) => {
    setIndex(to);
    plot.current?.point(to, lines.series[0]?.values[to] ?? null);
  };
  return (
    <ChartFrame
      label={label}
      summary={summary}
      measures={measures}
      legend={legend(at ?? count - 1)}
      host={host}
      stage={plot}
      count={count}
      index={at}
      onIndex={read}
      spoken={spoken}
      height={height}
    />
  );
}

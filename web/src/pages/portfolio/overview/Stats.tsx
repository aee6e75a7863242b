/** The few figures that answer most: what it is worth, what was gained, and at which rate, with the benchmark beside. */

import type { Positions, Returns } from "../../../api/desk";
import { Amount, Return } from "../../../components/Amount";
import type { Range } from "../../../lib/address";
import * as format from "../../../lib/format";
import { Figure } from "../figures/Figure";
import { Stats as List, Stat } from "../figures/Stat";
import { gainOf, labelOf } from "./headline";

interface StatsProps {
  positions: Positions;
  returns: Returns;
  range: Range;
  /** Whether they are of a past day. */
  past: boolean;
}

export function Stats({ positions, returns: { base, performance, benchmark }, range, past }: StatsProps) {
  const { gain, twr, twr_annual, mwr, drawdown, income } = performance;
  return (
    <List>
      <Stat name="Value" unit={base} large>
        <Figure why="value" label="Value">
          <Amount value={positions.value} currency={base} />
        </Figure>
      </Stat>
      <Stat name={past ? "That day" : "Today"} unit={base}>
        <Figure why="day_change" label={past ? "Change that day" : "Change today"}>
          <Amount value={positions.day_gain} currency={base} moved />
        </Figure>
      </Stat>
      <Stat name={`Gain, ${labelOf(performance, range)}`} unit={base}>
        <Figure why="gain" label="Gain">
          <Amount value={gain} currency={base} moved />
        </Figure>
      </Stat>
      <Stat name="Time-weighted" beside={aYear(twr_annual, twr)}>
        <Figure why="twr" label="Time-weighted return">
          <Return value={twr} />
        </Figure>
      </Stat>
      <Stat
        name="Money-weighted"
        beside={
          mwr.reason ? `None: ${mwr.reason}` : mwr.annual !== null ? `${format.gain(mwr.annual)} a year` : undefined
        }
      >
        <Figure why="mwr" label="Money-weighted return">
          <Return value={mwr.period} />
        </Figure>
      </Stat>
      {benchmark && (
        <Stat
          name={`The same in ${benchmark.ticker}`}
          beside={
            <>
              time-weighted; <Amount value={gainOf(benchmark.value, performance)} currency={base} moved named />
            </>
          }
        >
          <Figure why="benchmark_twr" label={`The same flows in ${benchmark.ticker}`}>
            <Return value={benchmark.twr} />
          </Figure>
        </Stat>
      )}
      <Stat
        name="Deepest fall"
        beside={drawdown ? `${format.day(drawdown.peak)} to ${format.day(drawdown.trough)}` : undefined}
      >
        <Figure why="drawdown" label="Deepest fall">
          <Return value={drawdown?.depth ?? null} />
        </Figure>
      </Stat>
      <Stat name="Income, before taxes" unit={base}>
        <Figure why="income" label="Income">
          <Amount value={income} currency={base} />
        </Figure>
      </Stat>
    </List>
  );
}

/** The rate of a year, where that is another one. */
function aYear(annual: number | null, period: number | null): string | undefined {
  return annual === null || format.gain(annual) === format.gain(period) ? undefined : `${format.gain(annual)} a year`;
}

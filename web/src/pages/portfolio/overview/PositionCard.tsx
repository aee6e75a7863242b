import type { ReactNode } from "react";
import type { Position } from "../../../api/desk";
import { Amount, Return } from "../../../components/Amount";
import { Card } from "../../../components/Card";
import * as format from "../../../lib/format";
import { Asked, DayChange, Price, Value } from "./PositionFigures";

interface CardProps {
  row: Position;
  name: ReactNode;
  day: string;
  past: boolean;
  base: string;
}

/** A position on a phone: what it is and what it is worth; how many at which price, and what came of them. */
export function PositionCard({ row, name, day, past, base }: CardProps) {
  const value = <Value row={row} base={base} />;
  if (row.instrument === null) return <Card title={name} value={value} />;
  const facts = [
    <span key="units">
      <span className="amount">{format.exactly(row.units)}</span>
      {row.price ? " × " : ", price "}
      <Price row={row} day={day} />
    </span>,
    row.day_change && (
      <span key="day">
        {past ? "that day" : "today"} <DayChange row={row} past={past} />
      </span>
    ),
  ];
  return (
    <Card title={name} value={value} facts={facts}>
      <Asked row={row} why="unrealised" label="Gain">
        <Amount value={row.gain} currency={base} moved /> <Return value={row.gain_relative} />
      </Asked>
    </Card>
  );
}

import { useId, useState } from "react";
import { useNavigate } from "react-router";
import type { Bars } from "../../api/desk";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Select } from "../../components/Select";
import {
  ADJUSTS,
  type Adjust,
  type ChartAddress,
  HOURS,
  type Hours,
  inRange,
  isOwnStretch,
  RANGES,
  SCALES,
  type Scale,
} from "../../lib/address";
import { isIntraday } from "../../lib/interval";
import { CHOICES } from "../../lib/words";
import styles from "./Controls.module.css";
import { type To, useChartKeys } from "./chartState";
import { DatesButton } from "./DatesButton";
import type { Dates } from "./DatesMenu";
import { IndicatorButton } from "./IndicatorButton";

/** Where hours are not told apart. */
const ALWAYS_OPEN = "24/7";

interface ControlsProps {
  address: ChartAddress;
  answer: Bars | undefined;
  to: To;
  onNear: (range: string) => void;
}

export function Controls({ address, answer, to, onNear }: ControlsProps) {
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const more = useId();
  useChartKeys(address, to);
  const interval = address.interval ?? answer?.interval ?? "";
  const show = (dates: Dates) => {
    const same = dates.from === address.from && dates.to === address.to;
    navigate(to({ ...dates, interval: same ? address.interval : null }));
  };
  const intervals = answer?.intervals_offered ?? [interval];
  const options = (key: "adjust" | "scale" | "hours", values: readonly (Adjust | Scale | Hours)[]) =>
    values.map((value) => ({ value, label: CHOICES[value][0], hint: CHOICES[value][1], to: to({ [key]: value }) }));

  return (
    <div className={styles.controls}>
      <Choice
        label="Range"
        chosen={isOwnStretch(address) ? null : address.range}
        onNear={onNear}
        options={RANGES.map((range) => ({ value: range, label: range, to: to(inRange(range)) }))}
      />
      <div className={styles.rest}>
        <Select
          label="Interval"
          value={interval}
          options={intervals.map((each) => ({ value: each, label: each }))}
          onChoose={(each) => navigate(to({ interval: each }))}
        />
        <div id={more} className={styles.more} data-open={open}>
          <Choice label="Adjustment" chosen={address.adjust} options={options("adjust", ADJUSTS)} />
          {isIntraday(interval) && answer?.exchange !== ALWAYS_OPEN && (
            <Choice label="Hours" chosen={address.hours} options={options("hours", HOURS)} />
          )}
          {!address.table && <Choice label="Scale" chosen={address.scale} options={options("scale", SCALES)} />}
          <Button
            look="quiet"
            className={styles.table}
            aria-pressed={address.table}
            aria-keyshortcuts="t"
            onClick={() => navigate(to({ table: !address.table }), { replace: true })}
          >
            Table
          </Button>
        </div>
        <IndicatorButton chosen={address.indicators} onChoose={(indicators) => navigate(to({ indicators }))} />
        <DatesButton dates={address} onChoose={show} />
        <Button
          look="quiet"
          className={styles.opener}
          aria-expanded={open}
          aria-controls={more}
          onClick={() => setOpen(!open)}
        >
          More
        </Button>
      </div>
    </div>
  );
}

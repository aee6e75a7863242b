import { type FormEvent, type RefObject, useId, useState } from "react";
import { Dialog, Popover } from "react-aria-components";
import { Button } from "../../components/Button";
import type { ChartAddress } from "../../lib/address";
import styles from "./DatesMenu.module.css";
import menu from "./IndicatorMenu.module.css";
import { roomBelow } from "./menus";

export type Dates = Pick<ChartAddress, "from" | "to" | "asOf">;

interface DatesMenuProps {
  trigger: RefObject<HTMLButtonElement | null>;
  dates: Dates;
  onChoose: (dates: Dates) => void;
  onClose: () => void;
}

/** Days of one's own in the place of a range, and a day in the past to look from. */
export default function DatesMenu({ trigger, dates, onChoose, onClose }: DatesMenuProps) {
  const [reversed, setReversed] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const day = (name: string) => String(given.get(name) ?? "") || null;
    const [from, to] = [day("from"), day("to")];
    const backwards = from !== null && to !== null && to < from;
    setReversed(backwards);
    if (backwards) return;
    onClose();
    onChoose({ from, to, asOf: day("as_of") });
  };
  return (
    <Popover
      className={`${menu.popover} ${styles.popover}`}
      placement="bottom end"
      triggerRef={trigger}
      isOpen
      onOpenChange={(open) => !open && onClose()}
      maxHeight={roomBelow(trigger)}
      UNSTABLE_portalContainer={document.getElementById("content") ?? document.body}
    >
      <Dialog className={menu.dialog ?? ""} aria-label="Dates">
        <form className={styles.form} onSubmit={submit}>
          <Day name="from" label="From" value={dates.from} />
          <Day name="to" label="To" value={dates.to} hint="Both days included; an empty one is as far as there is." />
          <Day name="as_of" label="As of" value={dates.asOf} hint="What the desk knew at the end of that day, UTC." />
          {reversed && (
            <p role="alert" className={styles.refusal}>
              “To” is before “From”. Swap the two.
            </p>
          )}
          <Button type="submit" look="main">
            Show
          </Button>
        </form>
      </Dialog>
    </Popover>
  );
}

interface DayProps {
  name: string;
  label: string;
  value: string | null;
  hint?: string;
}

function Day({ name, label, value, hint }: DayProps) {
  const id = useId();
  return (
    <p className={styles.day}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={styles.input}
        type="date"
        name={name}
        defaultValue={value?.slice(0, 10) ?? ""}
        aria-describedby={hint && `${id}-hint`}
      />
      {hint && (
        <span id={`${id}-hint`} className={menu.meaning}>
          {hint}
        </span>
      )}
    </p>
  );
}

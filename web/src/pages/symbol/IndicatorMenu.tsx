import type { FormEvent, RefObject } from "react";
import { Checkbox, CheckboxGroup, Dialog, Popover } from "react-aria-components";
import { Button } from "../../components/Button";
import { FEWEST_BARS, type Indicator, keyWith, MOST_BARS, offered, WITH_BARS } from "../../lib/indicators";
import styles from "./IndicatorMenu.module.css";
import { roomBelow } from "./menus";

interface IndicatorMenuProps {
  trigger: RefObject<HTMLButtonElement | null>;
  chosen: readonly string[];
  onChoose: (keys: string[]) => void;
  onClose: () => void;
}

/** What to draw on the candles and in panes below them. */
export default function IndicatorMenu({ trigger, chosen, onChoose, onClose }: IndicatorMenuProps) {
  const indicators = offered(chosen);
  return (
    <Popover
      className={styles.popover ?? ""}
      placement="bottom end"
      triggerRef={trigger}
      isOpen
      onOpenChange={(open) => !open && onClose()}
      maxHeight={roomBelow(trigger)}
      UNSTABLE_portalContainer={main()}
    >
      <Dialog className={styles.dialog ?? ""} aria-label="Indicators">
        <CheckboxGroup aria-label="Indicators" value={[...chosen]} onChange={onChoose} className={styles.groups ?? ""}>
          <Group title="On the price" indicators={indicators.filter(({ pane }) => pane === "price")} />
          <Group title="Below it" indicators={indicators.filter(({ pane }) => pane === "own")} />
        </CheckboxGroup>
        <Another onAdd={(key) => onChoose([...new Set([...chosen, key])])} />
      </Dialog>
    </Popover>
  );
}

/** The menu belongs to the page's content, also for those who go by landmarks. */
function main(): Element {
  return document.getElementById("content") ?? document.body;
}

function Group({ title, indicators }: { title: string; indicators: readonly Indicator[] }) {
  return (
    <div>
      <h3>{title}</h3>
      {indicators.map(({ key, title, meaning }) => (
        <Checkbox key={key} value={key} className={styles.item ?? ""}>
          <svg className={styles.box} viewBox="0 0 16 16" aria-hidden="true">
            <path d="M3.5 8.5l3 3 6-7" />
          </svg>
          <span>
            <span>{title}</span>
            <span className={styles.meaning}>{meaning}</span>
          </span>
        </Checkbox>
      ))}
    </div>
  );
}

/** An indicator over a number of bars of one's own. */
function Another({ onAdd }: { onAdd: (key: string) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    onAdd(keyWith(String(given.get("name")), Number(given.get("bars"))));
  };
  return (
    <form className={styles.another} onSubmit={submit}>
      <select name="name" className={styles.field} aria-label="Indicator">
        {WITH_BARS.map(([name, title]) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      over
      <input
        aria-label="Number of bars"
        className={styles.field}
        name="bars"
        type="number"
        min={FEWEST_BARS}
        max={MOST_BARS}
        defaultValue={100}
        required
      />
      bars
      <Button type="submit">Add</Button>
    </form>
  );
}

import type { RefObject } from "react";
import { Checkbox, CheckboxGroup, Dialog, Popover } from "react-aria-components";
import { type Indicator, offered } from "../../lib/indicators";
import styles from "./IndicatorMenu.module.css";

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
      UNSTABLE_portalContainer={main()}
    >
      <Dialog className={styles.dialog ?? ""} aria-label="Indicators">
        <CheckboxGroup aria-label="Indicators" value={[...chosen]} onChange={onChoose} className={styles.groups ?? ""}>
          <Group title="On the price" indicators={indicators.filter(({ pane }) => pane === "price")} />
          <Group title="Below it" indicators={indicators.filter(({ pane }) => pane === "own")} />
        </CheckboxGroup>
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

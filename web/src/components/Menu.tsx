/** A button that opens a short list of things to do. */

import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Button } from "./Button";
import { Icon } from "./Icon";
import styles from "./Menu.module.css";

export interface MenuItem {
  label: string;
  act: () => void;
}

interface MenuProps {
  label: string;
  items: readonly MenuItem[];
}

const STEPS: Record<string, (place: number, count: number) => number> = {
  ArrowDown: (place, count) => (place + 1) % count,
  ArrowUp: (place, count) => (place - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export function Menu({ label, items }: MenuProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus({ preventScroll: true });
    const elsewhere = (event: Event) => {
      if (!(event.target instanceof Node && box.current?.contains(event.target))) setOpen(false);
    };
    document.addEventListener("pointerdown", elsewhere, true);
    return () => document.removeEventListener("pointerdown", elsewhere, true);
  }, [open]);

  const close = () => {
    setOpen(false);
    button.current?.focus({ preventScroll: true });
  };
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close();
      return;
    }
    const found = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=menuitem]")];
    const next = STEPS[event.key]?.(found.indexOf(document.activeElement as HTMLElement), found.length);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    found[next]?.focus();
  };
  return (
    <div ref={box} className={styles.place}>
      <Button
        ref={button}
        look="quiet"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" size={18} />
      </Button>
      {open && (
        <div id={id} role="menu" tabIndex={-1} aria-label={label} className={styles.menu} onKeyDown={press}>
          {items.map(({ label: item, act }) => (
            <button
              key={item}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={styles.item}
              onClick={() => {
                close();
                act();
              }}
            >
              {item}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

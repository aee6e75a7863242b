/** What stands beside the page: a rule, the proof of a delivery, a channel. On a phone it takes the page's place. */

import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { useNavigate } from "react-router";
import { useKey, useRoom } from "../lib/hooks";
import { Button } from "./Button";
import { Icon } from "./Icon";
import styles from "./Panel.module.css";

interface PanelProps {
  title: string;
  /** Where the page is without it. */
  back: string;
  /** Whether it lies over the foot of a phone's page, and does not take its place. */
  sheet?: boolean;
  children: ReactNode;
}

export function Panel({ title, back, sheet = false, children }: PanelProps) {
  const navigate = useNavigate();
  // There it is all of the page, and so its heading.
  const Title = useRoom().phone && !sheet ? "h1" : "h2";
  const panel = useRef<HTMLElement>(null);
  const close = () => navigate(back);
  useEffect(() => {
    const opener = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  useKey("Escape", close);
  // Escape also closes while one is writing, which is no moment for other keys.
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
  return (
    <section
      ref={panel}
      className={styles.panel}
      data-sheet={sheet || undefined}
      aria-label={title}
      tabIndex={-1}
      onKeyDown={press}
    >
      <header className={styles.head}>
        <Title className={styles.title}>{title}</Title>
        <Button look="quiet" aria-label="Close" onClick={close}>
          <Icon name="close" size={18} />
        </Button>
      </header>
      {children}
    </section>
  );
}

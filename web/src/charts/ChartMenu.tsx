/** The small menu of a chart, at the price that was pointed at. */

import { type KeyboardEvent, useEffect, useRef } from "react";
import { Link } from "react-router";
import { Icon } from "../components/Icon";
import { newAlertPath } from "../lib/address";
import * as format from "../lib/format";
import styles from "./ChartMenu.module.css";

export interface Pointed {
  x: number;
  y: number;
  price: number;
}

interface ChartMenuProps {
  symbol: string;
  at: Pointed;
  decimals: number;
  /** `back`: whether the focus belongs to the chart again. */
  onClose: (back: boolean) => void;
}

export function ChartMenu({ symbol, at: { x, y, price }, decimals, onClose }: ChartMenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    menu.current?.querySelector("a")?.focus({ preventScroll: true });
    const elsewhere = (event: Event) => {
      if (!(event.target instanceof Node && menu.current?.contains(event.target))) onClose(false);
    };
    document.addEventListener("pointerdown", elsewhere, true);
    return () => document.removeEventListener("pointerdown", elsewhere, true);
  }, [onClose]);
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Escape" && event.key !== "Tab") return;
    event.preventDefault();
    onClose(true);
  };
  return (
    <div
      ref={menu}
      className={styles.menu}
      role="menu"
      tabIndex={-1}
      aria-label="Chart"
      // Where the pointer is, but within the chart.
      style={{ left: `min(${x}px, 100% - 190px)`, top: `min(${y}px, 100% - 60px)` }}
      onKeyDown={press}
    >
      <Link role="menuitem" className={styles.item} to={newAlertPath(symbol, price)}>
        <Icon name="bell" size={16} /> Alert at {format.price(price, decimals)}
      </Link>
    </div>
  );
}

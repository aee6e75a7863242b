/** Where on a chart a menu is wanted: by the right button, a finger that rests, or a key. */

import { type RefObject, useCallback, useEffect, useState } from "react";
import type { Pointed } from "./ChartMenu";
import { rounded, stepOf } from "./levels";
import type { PricePlot } from "./PricePlot";

/** A finger that rests for so long, and moves no further. */
const [RESTS_MS, TREMBLES_PX] = [500, 10];

export function usePointed(
  host: RefObject<HTMLElement | null>,
  plot: RefObject<PricePlot | null>,
  decimals: number,
  wanted: boolean,
) {
  const [at, setAt] = useState<Pointed | null>(null);
  const close = useCallback(() => setAt(null), []);

  const pointTo = useCallback(
    (x: number, y: number, price: number | null | undefined) => {
      if (!wanted || price == null || !plot.current) return;
      setAt({ x, y, price: rounded(price, stepOf(plot.current.pane.step, decimals)) });
    },
    [plot, decimals, wanted],
  );

  useEffect(() => {
    const element = host.current;
    if (!element || !wanted) return;
    const point = ({ clientX, clientY }: MouseEvent) => {
      const { left, top } = element.getBoundingClientRect();
      const [x, y] = [clientX - left, clientY - top];
      const pane = plot.current?.pane;
      if (pane && x <= pane.width && y <= pane.height) pointTo(x, y, plot.current?.priceAt(y));
    };
    let [timer, rested] = [0, { clientX: 0, clientY: 0 }];
    const rest = (event: PointerEvent) => {
      if (event.pointerType !== "touch" || !event.isPrimary) return;
      rested = event;
      timer = window.setTimeout(() => point(event), RESTS_MS);
    };
    const move = ({ clientX, clientY }: PointerEvent) => {
      if (Math.hypot(clientX - rested.clientX, clientY - rested.clientY) > TREMBLES_PX) window.clearTimeout(timer);
    };
    const lift = () => window.clearTimeout(timer);
    const menu = (event: MouseEvent) => {
      event.preventDefault();
      lift();
      point(event);
    };
    element.addEventListener("contextmenu", menu);
    element.addEventListener("pointerdown", rest);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", lift);
    element.addEventListener("pointercancel", lift);
    return () => {
      lift();
      element.removeEventListener("contextmenu", menu);
      element.removeEventListener("pointerdown", rest);
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", lift);
      element.removeEventListener("pointercancel", lift);
    };
  }, [host, plot, pointTo, wanted]);

  /** Opens it at a bar, for the keyboard. */
  const openAt = (index: number, price: number | null) => {
    if (price !== null) pointTo(plot.current?.xOf(index) ?? 0, plot.current?.yOf(price) ?? 0, price);
  };
  return { at, close, openAt };
}

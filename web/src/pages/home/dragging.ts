/** Rows dragged to another place of their list. */

import { type DragEvent, useState } from "react";
import { movedTo } from "../../lib/moving";

/** What a row of the table needs to be dragged and dropped on, and to show both. */
export function useDragging(
  symbols: readonly string[],
  onArrange: (next: (symbols: string[]) => string[], moved: string) => void,
) {
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  return (symbol: string) => ({
    draggable: true,
    "data-dragged": dragged === symbol || undefined,
    // It takes the place of the row that it is dropped on: from above behind it, from below before it.
    "data-over": dragged && over === symbol ? sideOf(symbols, dragged, symbol) : undefined,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", symbol);
      setDragged(symbol);
    },
    onDragOver: (event: DragEvent) => {
      if (!dragged) return;
      event.preventDefault();
      setOver(symbol);
    },
    onDrop: (event: DragEvent) => {
      if (!dragged) return;
      event.preventDefault();
      if (dragged !== symbol) onArrange((all) => movedTo(all, dragged, symbol), dragged);
    },
    onDragEnd: () => {
      setDragged(null);
      setOver(null);
    },
  });
}

function sideOf(symbols: readonly string[], dragged: string, over: string): "before" | "after" | undefined {
  if (dragged === over) return undefined;
  return symbols.indexOf(dragged) < symbols.indexOf(over) ? "after" : "before";
}

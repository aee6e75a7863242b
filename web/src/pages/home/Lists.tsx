/** The chooser of lists: where each is one's own, it can be dragged, or moved by Alt, Shift and the arrows. */

import { type DragEvent, type KeyboardEvent, useRef, useState } from "react";
import { Link } from "react-router";
import type { Watchlist } from "../../api/desk";
import { useEdges } from "../../lib/hooks";
import { movedBy, movedTo } from "../../lib/moving";
import styles from "./Lists.module.css";
import { useListPath } from "./listEdits";

interface ListsProps {
  lists: readonly Watchlist[];
  chosen: Watchlist;
  onArrange: (own: readonly Watchlist[]) => void;
}

const WAYS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

export function Lists({ lists, chosen, onArrange }: ListsProps) {
  const row = useRef<HTMLElement>(null);
  useEdges(row);
  const pathOf = useListPath();
  const [dragged, setDragged] = useState<Watchlist | null>(null);
  const [over, setOver] = useState<Watchlist | null>(null);
  const own = lists.filter(isOwn);

  const press = (event: KeyboardEvent, list: Watchlist) => {
    const way = WAYS[event.key];
    if (!way || !event.altKey || !event.shiftKey || !isOwn(list)) return;
    event.preventDefault();
    const moved = movedBy(own, list, way);
    if (moved) onArrange(moved);
  };
  const hover = (event: DragEvent, list: Watchlist) => {
    if (!dragged || !isOwn(list)) return;
    event.preventDefault();
    setOver(list);
  };
  const drop = (event: DragEvent, list: Watchlist) => {
    if (!dragged) return;
    event.preventDefault();
    if (list !== dragged) onArrange(movedTo(own, dragged, list));
  };
  const end = () => {
    setDragged(null);
    setOver(null);
  };
  return (
    <nav ref={row} aria-label="Watchlists" className={styles.row}>
      {lists.map((list) => (
        <Link
          key={list.id}
          to={pathOf(list.id)}
          draggable={isOwn(list)}
          title={list.owner ? `${list.name}, shared by ${list.owner}` : undefined}
          aria-current={list.id === chosen.id ? "true" : undefined}
          className={styles.list}
          data-over={(over === list && over !== dragged) || undefined}
          onKeyDown={(event) => press(event, list)}
          onDragStart={() => setDragged(list)}
          onDragOver={(event) => hover(event, list)}
          onDrop={(event) => drop(event, list)}
          onDragEnd={end}
        >
          {list.name}
          {list.owner && <span className={styles.owner}> {list.owner}</span>}
        </Link>
      ))}
    </nav>
  );
}

/** Whose place is the reader's to choose. */
function isOwn({ right }: Watchlist): boolean {
  return right === "own";
}

/** What stands above a list: which one it is, in which view, and what can be done with it. */

import { lazy, Suspense, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { Watchlist as List } from "../../api/desk";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Icon } from "../../components/Icon";
import { Menu, type MenuItem } from "../../components/Menu";
import { homeAddress, homePath, LIST_VIEWS } from "../../lib/address";
import { mayChange } from "../../lib/edits";
import * as format from "../../lib/format";
import { movedBy } from "../../lib/moving";
import { isTold, takeAway } from "./file";
import { Lists } from "./Lists";
import { useListEdits } from "./listEdits";
import { NameForm } from "./NameForm";
import { VIEWS } from "./views";
import type { Told } from "./Watchlist";
import styles from "./Watchlist.module.css";

const Sharing = lazy(() => import("../../components/Sharing"));

interface ListBarProps {
  list: List;
  lists: readonly List[];
  told: Told;
  onAdd: () => void;
}

type Open = "new" | "rename" | "share" | null;

export function ListBar({ list, lists, told, onAdd }: ListBarProps) {
  const [open, setOpen] = useState<Open>(null);
  const { add, rename, arrange, left } = useListEdits();
  const close = () => setOpen(null);
  return (
    <>
      <div className={styles.bar}>
        {open === "new" ? (
          <NameForm label="Name of the new list" name="" done="Make it" onName={add.mutateAsync} onClose={close} />
        ) : open === "rename" ? (
          <NameForm
            label={`A name for ${list.name}`}
            name={list.name}
            done="Rename"
            onName={(name) => rename.mutateAsync({ ...list, name })}
            onClose={close}
          />
        ) : (
          <Chooser list={list} lists={lists} told={told} onOpen={setOpen} onArrange={arrange} />
        )}
        <Tools list={list} told={told} onAdd={onAdd} />
      </div>
      {open === "share" && (
        <Suspense>
          <Sharing of={{ ...list, kind: "watchlist" }} onLeft={() => left(list)} onClose={close} />
        </Suspense>
      )}
    </>
  );
}

interface ChooserProps extends Omit<ListBarProps, "onAdd"> {
  onOpen: (open: Open) => void;
  onArrange: (own: readonly List[]) => void;
}

function Chooser({ list, lists, told, onOpen, onArrange }: ChooserProps) {
  return (
    <div className={styles.chooser}>
      {lists.length > 1 ? <Lists lists={lists} chosen={list} onArrange={onArrange} /> : <h2>{list.name}</h2>}
      <Button look="quiet" aria-label="New list" title="New list" onClick={() => onOpen("new")}>
        <Icon name="plus" size={16} />
      </Button>
      <Menu label={`More of ${list.name}`} items={useItems({ list, lists, told, onOpen, onArrange })} />
    </div>
  );
}

function useItems({ list, lists, told, onOpen, onArrange }: ChooserProps): MenuItem[] {
  const { remove } = useListEdits();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const address = homeAddress(params);
  const own = lists.filter(({ right }) => right === "own");
  const moves = (
    [
      ["left", -1],
      ["right", 1],
    ] as const
  ).flatMap(([way, places]) => {
    const moved = movedBy(own, list, places);
    return list.right === "own" && moved ? [{ label: `Move ${way}`, act: () => onArrange(moved) }] : [];
  });
  const file = { label: "Take away as CSV", act: () => takeAway(list, told, address.view) };
  return [
    ...(mayChange(list)
      ? [
          { label: "Rename", act: () => onOpen("rename") },
          { label: "Arrange symbols", act: () => navigate(homePath({ ...address, arrange: true })) },
          ...moves,
        ]
      : []),
    ...(isTold(told, address.view) ? [file] : []),
    { label: list.owner === null ? "Share" : "Leave the list", act: () => onOpen("share") },
    ...(list.right === "own" ? [{ label: "Remove the list", act: () => remove(list) }] : []),
  ];
}

function Tools({ list, told, onAdd }: Omit<ListBarProps, "lists">) {
  const [params] = useSearchParams();
  const address = homeAddress(params);
  const views = LIST_VIEWS.map((view) => ({
    value: view,
    label: VIEWS[view].title,
    to: homePath({ ...address, view, sort: null, arrange: false }),
  }));
  return (
    <div className={styles.tools}>
      <Partial told={told} symbols={list.symbols} />
      <Choice label="Columns" chosen={address.view} options={views} />
      {mayChange(list) && (
        <Button look="quiet" onClick={onAdd}>
          <Icon name="plus" size={16} /> Add
        </Button>
      )}
    </div>
  );
}

/** `12 of 20 priced, next try 14:05`. */
function Partial({ told: { answered }, symbols }: { told: Told; symbols: readonly string[] }) {
  const priced = new Set(answered?.quotes.map(({ symbol }) => symbol));
  const count = symbols.filter((symbol) => priced.has(symbol)).length;
  if (!answered || count === symbols.length) return null;
  const [soonest] = answered.missing.flatMap(({ next_try }) => (next_try ? [next_try] : [])).sort();
  return (
    <span className={styles.partial} role="status">
      {count} of {symbols.length} priced{soonest && `, next try ${format.soon(soonest, Date.parse(answered.now))}`}
    </span>
  );
}

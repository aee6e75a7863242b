/** With whom a list is shared, and how. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Share, Watchlist } from "../../api/desk";
import { meQuery, namesQuery, sharesQuery, shareWatchlist, unshareWatchlist } from "../../api/queries";
import { Button } from "../../components/Button";
import { Trouble } from "../../components/Notice";
import { Select } from "../../components/Select";
import { sayNotSaved } from "../../lib/edits";
import styles from "./Sharing.module.css";

const RIGHTS = [
  { value: "read", label: "may see it" },
  { value: "write", label: "may change it" },
];

export default function Sharing({ list, onClose }: { list: Watchlist; onClose: () => void }) {
  const shares = useQuery(sharesQuery(list.id));
  const names = useQuery(namesQuery());
  const me = useQuery(meQuery());
  const { give, take } = useShares(list.id);
  const given = shares.data?.shares ?? [];
  const others = names.data?.people.filter(
    ({ id }) => id !== me.data?.id && !given.some(({ person }) => person === id),
  );
  const failed = [shares, names, me].find(({ isError }) => isError);
  return (
    <section aria-label={`Sharing of ${list.name}`} className={styles.frame}>
      <header className={styles.head}>
        <h3>Who else has {list.name}</h3>
        <Button look="quiet" onClick={onClose}>
          Close
        </Button>
      </header>
      {failed?.error && <Trouble error={failed.error} onRetry={failed.refetch} />}
      {shares.data && given.length === 0 && <p className="quiet">Nobody yet.</p>}
      <ul>
        {given.map(({ person, name, right }) => (
          <li key={person} className={styles.row}>
            <span className={styles.name}>{name}</span>
            <Select
              label={`What ${name} may do`}
              value={right}
              options={RIGHTS}
              onChoose={(chosen) => give({ person, right: chosen as Share["right"] })}
            />
            <Button look="quiet" aria-label={`Share with ${name} no more`} onClick={() => take(person)}>
              Remove
            </Button>
          </li>
        ))}
      </ul>
      {others && me.data && shares.data && <Add others={others} onGive={give} alone={given.length === 0} />}
    </section>
  );
}

interface AddProps {
  others: readonly { id: number; name: string }[];
  /** Whether nobody has it yet. */
  alone: boolean;
  onGive: (given: { person: number; right: Share["right"] }) => void;
}

function Add({ others, alone, onGive }: AddProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [right, setRight] = useState<Share["right"]>("read");
  const person = others.find(({ id }) => String(id) === chosen) ?? others[0];
  if (!person) return alone ? <p className="quiet">Nobody else uses this desk.</p> : null;
  return (
    <div className={styles.row}>
      <Select
        label="Person"
        value={String(person.id)}
        options={others.map(({ id, name }) => ({ value: String(id), label: name }))}
        onChoose={setChosen}
      />
      <Select label="Right" value={right} options={RIGHTS} onChoose={(value) => setRight(value as Share["right"])} />
      <Button onClick={() => onGive({ person: person.id, right })}>Share</Button>
    </div>
  );
}

function useShares(list: number) {
  const client = useQueryClient();
  const { queryKey } = sharesQuery(list);
  const told = { onError: sayNotSaved, onSettled: () => client.invalidateQueries({ queryKey }) };
  const { mutate: give } = useMutation({
    mutationFn: ({ person, right }: { person: number; right: Share["right"] }) => shareWatchlist(list, person, right),
    ...told,
  });
  const { mutate: take } = useMutation({ mutationFn: (person: number) => unshareWatchlist(list, person), ...told });
  return { give, take };
}

/** Who else has something, and what they may do with it; of what is another person's, the way out of it. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Share } from "../api/desk";
import { giveShare, namesQuery, type Shareable, sharesQuery, takeShare } from "../api/shares";
import { sayNotSaved } from "../lib/edits";
import { useMay, useMe } from "../lib/me";
import { say } from "../lib/toast";
import { Button } from "./Button";
import { Trouble } from "./Notice";
import { Select } from "./Select";
import styles from "./Sharing.module.css";
import { Sure } from "./Sure";

const RIGHTS = [
  { value: "read", label: "may see it" },
  { value: "write", label: "may change it" },
];

interface SharingProps {
  of: Shareable & { name: string; owner: string | null; right: string };
  /** What is to happen once the reader has left it. */
  onLeft: () => unknown;
  /** Without it, it stays open. */
  onClose?: () => void;
}

export default function Sharing({ of, onLeft, onClose }: SharingProps) {
  return (
    <section aria-label={`Sharing of ${of.name}`} className={styles.frame}>
      <header className={styles.head}>
        <h2>{of.owner === null ? `Who else has ${of.name}` : `Whose ${of.name} is`}</h2>
        {onClose && (
          <Button look="quiet" onClick={onClose}>
            Close
          </Button>
        )}
      </header>
      {of.owner === null ? <Given of={of} /> : <Taken of={of} owner={of.owner} onLeft={onLeft} />}
    </section>
  );
}

/** What others share with the reader. */
function Taken({ of, owner, onLeft }: Pick<SharingProps, "of" | "onLeft"> & { owner: string }) {
  const me = useMe();
  const { mutate, isPending } = useMutation({
    mutationFn: (person: number) => takeShare(of, person),
    onSuccess: () => {
      say({ text: `You have left ${of.name}.` });
      return onLeft();
    },
    onError: sayNotSaved,
  });
  return (
    <div className={styles.row}>
      <p>
        {owner} shares it with you: you may {of.right === "read" ? "look at it" : "change what is in it"}.
      </p>
      {me && (
        <Sure
          label="Leave"
          name={of.name}
          about={`Only ${owner} can share it with you again.`}
          busy={isPending}
          onSure={() => mutate(me.id)}
        />
      )}
    </div>
  );
}

/** What is the reader's own. A viewer shares nothing anew, and may take back what they share. */
function Given({ of }: { of: Shareable }) {
  const me = useMe();
  const may = useMay("member");
  const shares = useQuery(sharesQuery(of));
  const names = useQuery({ ...namesQuery(), enabled: may });
  const { give, take } = useShares(of);
  const given = shares.data?.shares ?? [];
  const others = names.data?.people.filter(({ id }) => id !== me?.id && !given.some(({ person }) => person === id));
  const failed = [shares, names].find(({ isError }) => isError);
  return (
    <>
      {failed?.error && <Trouble error={failed.error} onRetry={failed.refetch} />}
      {shares.data && given.length === 0 && <p className="quiet">Nobody yet.</p>}
      <ul>
        {given.map(({ person, name, right }) => (
          <li key={person} className={styles.row}>
            <span className={styles.name}>{name}</span>
            {may && (
              <Select
                label={<span className="aside">What {name} may do</span>}
                value={right}
                options={RIGHTS}
                onChoose={(chosen) => give({ person, right: chosen as Share["right"] })}
              />
            )}
            <Button look="quiet" aria-label={`Remove ${name}`} onClick={() => take(person)}>
              Remove
            </Button>
          </li>
        ))}
      </ul>
      {others && me && shares.data && <Add others={others} onGive={give} alone={given.length === 0} />}
    </>
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

function useShares(of: Shareable) {
  const client = useQueryClient();
  const { queryKey } = sharesQuery(of);
  const told = { onError: sayNotSaved, onSettled: () => client.invalidateQueries({ queryKey }) };
  const { mutate: give } = useMutation({
    mutationFn: ({ person, right }: { person: number; right: Share["right"] }) => giveShare(of, person, right),
    ...told,
  });
  const { mutate: take } = useMutation({ mutationFn: (person: number) => takeShare(of, person), ...told });
  return { give, take };
}

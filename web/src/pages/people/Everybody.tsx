import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Person, PersonChange, RoleName } from "../../api/desk";
import { changePerson, peopleKeys, peopleQuery, removePerson } from "../../api/people";
import { Button } from "../../components/Button";
import { Select } from "../../components/Select";
import { Sure } from "../../components/Sure";
import * as format from "../../lib/format";
import { ROLE_MEANINGS, ROLE_WORDS, ROLES, useMe } from "../../lib/me";
import { whyNot } from "../../lib/refusal";
import { say } from "../../lib/toast";
import styles from "./People.module.css";

/** The people of the desk. */
export function Everybody({ people }: { people: readonly Person[] }) {
  const me = useMe();
  return (
    <section aria-label="People">
      <h2>People</h2>
      <ul>
        {people.map((person) =>
          person.id === me?.id ? (
            <Oneself key={person.id} person={person} />
          ) : (
            <Other key={person.id} person={person} />
          ),
        )}
      </ul>
      <p className={styles.about}>
        {ROLES.map((role) => `A${role === "owner" ? "n" : ""} ${role} ${ROLE_MEANINGS[role]}. `)}
      </p>
    </section>
  );
}

/** Nobody locks themselves out by a slip. */
function Oneself({ person }: { person: Person }) {
  return (
    <li className={styles.entry}>
      <About person={person} />
      <span className="quiet">{ROLE_WORDS[person.role]}: you. Another owner can change that.</span>
    </li>
  );
}

function Other({ person }: { person: Person }) {
  const { change, remove, removing } = useChanges(person);
  const { name, role, disabled } = person;
  return (
    <li className={styles.entry} data-off={disabled || undefined}>
      <About person={person} />
      <span className={styles.doings}>
        <Select
          label={
            <>
              <span>Role</span>
              <span className="aside"> of {name}</span>
            </>
          }
          value={role}
          options={ROLES.map((each) => ({ value: each, label: ROLE_WORDS[each] }))}
          onChoose={(next) => change({ role: next as RoleName }, { role })}
        />
        <Button
          aria-label={`${disabled ? "Let in" : "Keep out"} ${name}`}
          onClick={() => change({ disabled: !disabled }, { disabled })}
        >
          {disabled ? "Let in" : "Keep out"}
        </Button>
        <Sure
          label="Remove"
          name={name}
          about={`Their logins, tokens and shares go with them${goodsOf(person)}.`}
          busy={removing}
          onSure={remove}
        />
      </span>
    </li>
  );
}

function About({ person: { name, disabled, password, created } }: { person: Person }) {
  const state = disabled ? "Kept out" : password ? null : "Has no password";
  return (
    <span className={styles.what}>
      <span>{name}</span>
      <span className="quiet">
        {state && `${state}, `}
        {state ? "since" : "Since"} {format.day(created, format.READERS_ZONE)}
      </span>
    </span>
  );
}

/** Shown at once, taken back where the desk refuses; what can be undone is offered to be. */
function useChanges(person: Person) {
  const client = useQueryClient();
  const { queryKey } = peopleQuery();
  const settled = () => client.invalidateQueries({ queryKey: peopleKeys.people });
  const changed = useMutation({
    // One after the other: what is undone at once may not arrive before what it undoes.
    scope: { id: `person ${person.id}` },
    mutationFn: (change: PersonChange) => changePerson(person.id, change),
    onMutate: async (change) => {
      await client.cancelQueries({ queryKey, exact: true });
      const before = client.getQueryData(queryKey);
      const kept = Object.fromEntries(Object.entries(change).filter(([, value]) => value != null));
      client.setQueryData(
        queryKey,
        (told) => told && { people: told.people.map((each) => (each.id === person.id ? { ...each, ...kept } : each)) },
      );
      return { before };
    },
    onError: (error, _change, context) => {
      client.setQueryData(queryKey, context?.before);
      say({ text: `Not changed. ${whyNot(error)}` });
    },
    onSettled: settled,
  });
  const removed = useMutation({
    mutationFn: () => removePerson(person.id, person.name),
    onSuccess: () => say({ text: `${person.name} is removed.` }),
    onError: (error) => say({ text: `Not removed. ${whyNot(error)}` }),
    onSettled: settled,
  });
  const change = (to: PersonChange, back: PersonChange) => {
    changed.mutate(to);
    say({ text: saidOf(person.name, to), action: { label: "Undo", act: () => changed.mutate(back) } });
  };
  return { change, remove: () => removed.mutate(), removing: removed.isPending };
}

/** What is their own, and cannot be brought back. */
function goodsOf({ portfolios, watchlists, items }: Person): string {
  const told = [
    format.counted(portfolios, "portfolio"),
    format.counted(watchlists, "watchlist"),
    format.counted(items, "own item"),
  ];
  const goods = told.filter((each) => !each.startsWith("0 "));
  return goods.length ? `, and for good: ${goods.join(", ")}` : "";
}

function saidOf(name: string, { role, disabled }: PersonChange): string {
  if (role) return `${name} is ${role === "owner" ? "an" : "a"} ${role} from now on.`;
  return disabled ? `${name} is kept out from now on.` : `${name} is let in again.`;
}

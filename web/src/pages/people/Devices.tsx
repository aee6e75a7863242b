import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Session } from "../../api/desk";
import { look } from "../../api/login";
import { endSession, peopleKeys, sessionsQuery, signOut, signOutEverywhere } from "../../api/people";
import { Button } from "../../components/Button";
import { Tick } from "../../components/Field";
import { Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import * as format from "../../lib/format";
import { useNow } from "../../lib/hooks";
import { whyNot } from "../../lib/refusal";
import { say } from "../../lib/toast";
import { deviceOf } from "./device";
import styles from "./People.module.css";

/** Where one is signed in. */
export function Devices() {
  const { data, error, isError, refetch } = useQuery({ ...sessionsQuery(), staleTime: 0 });
  if (isError && !data) return <Trouble error={error} onRetry={refetch} />;
  if (!data) return <Skeleton height={240} />;
  return (
    <>
      <section aria-label="Where you are signed in">
        <h2>Where you are signed in</h2>
        <ul>
          {[...data.sessions].sort(byUse).map((session) => (
            <Device key={session.id} session={session} />
          ))}
        </ul>
      </section>
      <Everywhere />
    </>
  );
}

function byUse(one: Session, other: Session): number {
  return Number(other.current) - Number(one.current) || Date.parse(other.seen) - Date.parse(one.seen);
}

function Device({ session: { id, agent, address, created, seen, current } }: { session: Session }) {
  const client = useQueryClient();
  const now = useNow();
  const device = deviceOf(agent);
  const ended = useMutation({
    mutationFn: () => (current ? signOut() : endSession(id)),
    onSuccess: () => (current ? look() : say({ text: `${device} is signed out.` })),
    onError: (error) => say({ text: `Not signed out. ${whyNot(error)}` }),
    onSettled: () => client.invalidateQueries({ queryKey: peopleKeys.sessions }),
  });
  return (
    <li className={styles.entry}>
      <span className={styles.what} title={agent}>
        <span>{device}</span>
        <span className="quiet">
          {current ? "This one" : `Seen ${format.ago((now - Date.parse(seen)) / 1000)}`}
          {address && `, from ${address}`}, since {format.moment(created)}
        </span>
      </span>
      <Button disabled={ended.isPending} aria-label={`Sign out ${device}`} onClick={() => ended.mutate()}>
        Sign out
      </Button>
    </li>
  );
}

function Everywhere() {
  const [tokens, setTokens] = useState(false);
  const { mutate, isPending } = useMutation({
    mutationFn: () => signOutEverywhere(tokens),
    onSuccess: () => look(),
    onError: (error) => say({ text: `Not signed out. ${whyNot(error)}` }),
  });
  return (
    <section aria-label="Everywhere">
      <h2>Everywhere</h2>
      <p className={styles.about}>
        Where a device is lost, or somebody may know your password: all logins end, this one too. Then change the
        password.
      </p>
      <Tick label="Remove the tokens of programs too" checked={tokens} onChange={setTokens} />
      <div>
        <Button disabled={isPending} onClick={() => mutate()}>
          Sign out everywhere
        </Button>
      </div>
    </section>
  );
}

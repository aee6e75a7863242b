import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Invitation, MadeInvitation, RoleName } from "../../api/desk";
import { invitationsQuery, invite, peopleKeys, withdraw } from "../../api/people";
import { Button } from "../../components/Button";
import { ChoiceField } from "../../components/Field";
import { Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import * as format from "../../lib/format";
import { ROLE_MEANINGS, ROLE_WORDS, ROLES } from "../../lib/me";
import { whyNot } from "../../lib/refusal";
import { say } from "../../lib/toast";
import { joinLink } from "./address";
import { Form } from "./Form";
import { Once } from "./Once";
import styles from "./People.module.css";

/** Those who may come, and a link for the next. */
export function Invitations() {
  const { data, error, isError, refetch } = useQuery(invitationsQuery());
  const [made, setMade] = useState<MadeInvitation | null>(null);
  const client = useQueryClient();
  const done = () => {
    setMade(null);
    // Whoever was given the link may have joined by it meanwhile.
    void client.invalidateQueries({ queryKey: peopleKeys.people });
  };
  return (
    <section aria-label="Invitations">
      <h2>Invite somebody</h2>
      {made ? <Link made={made} onDone={done} /> : <Inviting onMade={setMade} />}
      {isError && !data && <Trouble error={error} onRetry={refetch} />}
      {!data && !isError && <Skeleton height={64} />}
      <ul>
        {data?.invitations.map((invitation) => (
          <Waiting
            key={invitation.id}
            invitation={invitation}
            onWithdrawn={() => setMade((shown) => (shown?.id === invitation.id ? null : shown))}
          />
        ))}
      </ul>
    </section>
  );
}

const DAYS = [
  ["1", "a day"],
  ["7", "a week"],
  ["30", "30 days"],
] as const;

function Inviting({ onMade }: { onMade: (made: MadeInvitation) => void }) {
  const client = useQueryClient();
  const [role, setRole] = useState<RoleName>("member");
  const [days, setDays] = useState("7");
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => invite(role, Number(days)),
    onSuccess: (made) => {
      onMade(made);
      void client.invalidateQueries({ queryKey: peopleKeys.invitations });
    },
  });
  return (
    <Form label="Make a link" look="plain" busy={isPending} error={error} fields={[]} onSubmit={mutate}>
      <ChoiceField
        label="As"
        value={role}
        options={ROLES.map((each) => [each, ROLE_WORDS[each]] as const)}
        hint={`A${role === "owner" ? "n" : ""} ${role} ${ROLE_MEANINGS[role]}.`}
        onChange={(value) => setRole(value as RoleName)}
      />
      <ChoiceField label="Holds for" value={days} options={DAYS} onChange={setDays} />
    </Form>
  );
}

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

function Link({ made, onDone }: { made: MadeInvitation; onDone: () => void }) {
  const { origin, hostname } = window.location;
  return (
    <>
      <p role="status">
        Whoever opens this link first becomes a{made.role === "owner" ? "n" : ""} {made.role}. It is not shown again.
      </p>
      <Once label="Link of the invitation" text={joinLink(origin, made.secret)}>
        <Button onClick={onDone}>Done</Button>
      </Once>
      {LOOPBACK.includes(hostname) && (
        <p className={styles.about}>
          It leads to this machine. For others, have the desk listen on an address that they reach (
          <code>OPENBELL_HOST</code>), open this page there, and make the link.
        </p>
      )}
    </>
  );
}

interface WaitingProps {
  invitation: Invitation;
  onWithdrawn: () => void;
}

function Waiting({ invitation: { id, role, created, expires }, onWithdrawn }: WaitingProps) {
  const client = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: () => withdraw(id),
    onSuccess: () => {
      onWithdrawn();
      say({ text: "The link lets nobody in any more." });
    },
    onError: (error) => say({ text: `Not withdrawn. ${whyNot(error)}` }),
    onSettled: () => client.invalidateQueries({ queryKey: peopleKeys.people }),
  });
  return (
    <li className={styles.entry}>
      <span className={styles.what}>
        <span>{ROLE_WORDS[role]}</span>
        <span className="quiet">
          Invited {format.moment(created)}, holds until {format.moment(expires)}
        </span>
      </span>
      <Button
        disabled={isPending}
        aria-label={`Withdraw the invitation of ${format.moment(created)}`}
        onClick={() => mutate()}
      >
        Withdraw
      </Button>
    </li>
  );
}

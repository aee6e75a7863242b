import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { NewToken, RoleName, Token } from "../../api/desk";
import { makeToken, peopleKeys, removeToken, tokensQuery } from "../../api/people";
import { Button } from "../../components/Button";
import { ChoiceField, TextField } from "../../components/Field";
import { Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import * as format from "../../lib/format";
import { useNow } from "../../lib/hooks";
import { mayAs } from "../../lib/me";
import { errorAt, whyNot } from "../../lib/refusal";
import { say } from "../../lib/toast";
import { Entry } from "./Entry";
import { Form } from "./Form";
import { Once } from "./Once";
import styles from "./People.module.css";

type Scope = Token["scope"];

/** Scopes, and whose role lets a token use them. */
const SCOPES: readonly { scope: Scope; role: RoleName; label: string }[] = [
  { scope: "read", role: "viewer", label: "read" },
  { scope: "write", role: "member", label: "read and change" },
  { scope: "admin", role: "owner", label: "all that an owner may" },
];

/** What programs use in one's place. */
export function Tokens({ role }: { role: RoleName }) {
  const { data, error, isError, refetch } = useQuery(tokensQuery());
  const [made, setMade] = useState<{ name: string; secret: string } | null>(null);
  return (
    <>
      <section aria-label="New token">
        <h2>New token</h2>
        <p className={styles.about}>
          A program sends it as <code>Authorization: Bearer obt_…</code> and acts in your name, within its scope.
        </p>
        {made ? (
          <>
            <p role="status">Copy the token of {made.name} now. It is not shown again.</p>
            <Once label={`Token of ${made.name}`} text={made.secret}>
              <Button onClick={() => setMade(null)}>Done</Button>
            </Once>
          </>
        ) : (
          <Making role={role} onMade={setMade} />
        )}
      </section>
      <section aria-label="Tokens">
        <h2>Tokens</h2>
        {isError && !data && <Trouble error={error} onRetry={refetch} />}
        {!data && !isError && <Skeleton height={120} />}
        {data?.tokens.length === 0 && <p className={styles.about}>There are none: no program acts in your name.</p>}
        <ul>
          {data?.tokens.map((token) => (
            <Kept key={token.id} token={token} />
          ))}
        </ul>
      </section>
    </>
  );
}

const DAYS = [
  ["7", "a week"],
  ["30", "30 days"],
  ["90", "90 days"],
  ["366", "a year"],
] as const;

function Making({ role, onMade }: { role: RoleName; onMade: (made: { name: string; secret: string }) => void }) {
  const client = useQueryClient();
  const [typed, setTyped] = useState<NewToken>({ name: "", scope: "read", days: 90, password: "" });
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: () => makeToken(typed),
    onSuccess: (made) => {
      onMade(made);
      void client.invalidateQueries({ queryKey: peopleKeys.tokens });
    },
  });
  const put = (change: Partial<NewToken>) => {
    reset();
    setTyped((before) => ({ ...before, ...change }));
  };
  return (
    <Form
      label="Make a token"
      look="plain"
      busy={isPending}
      error={error}
      fields={["name", "password"]}
      onSubmit={mutate}
    >
      <TextField
        label="Name"
        placeholder="What will use it"
        value={typed.name}
        error={errorAt(error, "name")}
        onChange={(name) => put({ name })}
      />
      <ChoiceField
        label="May"
        value={typed.scope}
        options={SCOPES.filter((each) => mayAs(role, each.role)).map(({ scope, label }) => [scope, label] as const)}
        onChange={(scope) => put({ scope: scope as Scope })}
      />
      <ChoiceField
        label="Holds for"
        value={String(typed.days)}
        options={DAYS}
        onChange={(days) => put({ days: Number(days) })}
      />
      <TextField
        label="Your password"
        fill="current-password"
        type="password"
        value={typed.password}
        error={errorAt(error, "password")}
        onChange={(password) => put({ password })}
      />
    </Form>
  );
}

function Kept({ token: { id, name, scope, expires, seen } }: { token: Token }) {
  const client = useQueryClient();
  const now = useNow();
  const over = Date.parse(expires) <= now;
  const { mutate, isPending } = useMutation({
    mutationFn: () => removeToken(id),
    onSuccess: () => say({ text: `The token ${name} holds no longer.` }),
    onError: (error) => say({ text: `Not removed. ${whyNot(error)}` }),
    onSettled: () => client.invalidateQueries({ queryKey: peopleKeys.tokens }),
  });
  const may = SCOPES.find((each) => each.scope === scope)?.label;
  return (
    <Entry
      name={name}
      over={over}
      about="What uses it is refused from then on."
      busy={isPending}
      onRemove={() => mutate()}
    >
      May {may}; {over ? "held" : "holds"} until {format.day(expires, format.READERS_ZONE)};{" "}
      {seen ? `used ${format.ago((now - Date.parse(seen)) / 1000)}` : "never used"}
    </Entry>
  );
}

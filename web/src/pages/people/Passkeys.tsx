import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Passkey } from "../../api/desk";
import { passkeysQuery, peopleKeys, removePasskey } from "../../api/people";
import { TextField } from "../../components/Field";
import { Trouble } from "../../components/Notice";
import * as format from "../../lib/format";
import { useNow } from "../../lib/hooks";
import { whyNot } from "../../lib/refusal";
import { say } from "../../lib/toast";
import { typing } from "../../lib/typing";
import { deviceOf } from "./device";
import { Entry } from "./Entry";
import { Form } from "./Form";
import styles from "./People.module.css";
import { makePasskey, whyNoPasskeys } from "./passkey";

/** What opens the account by a finger, a face or a PIN, without name and password. */
export function Passkeys() {
  const { data, error, isError, refetch } = useQuery(passkeysQuery());
  const reason = whyNoPasskeys();
  return (
    <section aria-label="Passkeys">
      <h2>Passkeys</h2>
      <p className={styles.about}>
        A passkey takes the place of name, password and code: your device knows you by a finger, a face or a PIN.
      </p>
      {isError && !data && <Trouble error={error} onRetry={refetch} />}
      <ul>
        {data?.passkeys.map((passkey) => (
          <Kept key={passkey.id} passkey={passkey} />
        ))}
      </ul>
      {reason ? <p className={styles.about}>{reason}</p> : <Making />}
    </section>
  );
}

const FIELDS = ["name", "password"];

function Making() {
  const client = useQueryClient();
  const usual = deviceOf(navigator.userAgent);
  const [typed, setTyped] = useState({ name: "", password: "" });
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: () => makePasskey(typed.name.trim() || usual, typed.password),
    onSuccess: ({ name }) => {
      setTyped({ name: "", password: "" });
      say({ text: `The passkey ${name} opens your account from now on.` });
      void client.invalidateQueries({ queryKey: peopleKeys.passkeys });
    },
  });
  const at = typing(typed, setTyped, error, reset);
  return (
    <Form label="Make a passkey" look="plain" busy={isPending} error={error} fields={FIELDS} onSubmit={mutate}>
      <TextField label="Name" placeholder={usual} {...at("name")} />
      <TextField label="Password" type="password" fill="current-password" {...at("password")} />
    </Form>
  );
}

function Kept({ passkey: { id, name, created, seen } }: { passkey: Passkey }) {
  const client = useQueryClient();
  const now = useNow();
  const { mutate, isPending } = useMutation({
    mutationFn: () => removePasskey(id),
    onSuccess: () => say({ text: `The passkey ${name} opens nothing any more.` }),
    onError: (error) => say({ text: `Not removed. ${whyNot(error)}` }),
    onSettled: () => client.invalidateQueries({ queryKey: peopleKeys.passkeys }),
  });
  return (
    <Entry name={name} about="It opens nothing from then on." busy={isPending} onRemove={() => mutate()}>
      Made {format.day(created, format.READERS_ZONE)};{" "}
      {seen ? `used ${format.ago((now - Date.parse(seen)) / 1000)}` : "never used"}
    </Entry>
  );
}

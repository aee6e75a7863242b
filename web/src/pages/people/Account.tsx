/** One's own name, password and codes. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { carrier } from "../../api/client";
import type { Me } from "../../api/desk";
import { changePassword, peopleKeys, rename } from "../../api/people";
import { TextField } from "../../components/Field";
import { errorAt } from "../../lib/refusal";
import { say } from "../../lib/toast";
import { typing } from "../../lib/typing";
import { Codes } from "./Codes";
import { Form, PASSWORD_HINT } from "./Form";
import { Passkeys } from "./Passkeys";
import styles from "./People.module.css";
import { Provider } from "./Provider";

export function Account({ me }: { me: Me }) {
  return (
    <>
      {me.open && <Password key="first" me={me} />}
      <Name key={me.name} name={me.name} />
      {!me.open && <Password key="next" me={me} />}
      {me.password && <Codes me={me} />}
      {me.password && <Passkeys />}
      <Provider me={me} />
    </>
  );
}

function Name({ name }: { name: string }) {
  const client = useQueryClient();
  const [typed, setTyped] = useState(name);
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: () => rename(typed),
    onSuccess: (me) => {
      client.setQueryData(peopleKeys.me, me);
      void client.invalidateQueries({ queryKey: peopleKeys.people });
      say({ text: `You are ${me.name} from now on.` });
    },
  });
  return (
    <section aria-label="Name">
      <h2>Name</h2>
      <Form label="Save the name" look="plain" busy={isPending} error={error} fields={["name"]} onSubmit={mutate}>
        <TextField
          label="Name"
          fill="username"
          hint="You sign in with it, and others see it."
          value={typed}
          error={errorAt(error, "name")}
          onChange={(value) => {
            reset();
            setTyped(value);
          }}
        />
      </Form>
    </section>
  );
}

const FIELDS = ["password", "new_password"];
const BLANK = { password: "", new_password: "" };

function Password({ me }: { me: Me }) {
  const client = useQueryClient();
  const [typed, setTyped] = useState(BLANK);
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: () => changePassword(typed),
    onSuccess: async () => {
      carrier.remember();
      setTyped(BLANK);
      await client.invalidateQueries({ queryKey: peopleKeys.me });
      void client.invalidateQueries({ queryKey: peopleKeys.sessions });
      say({
        text: me.open
          ? "The password is set, and you are signed in. Others have to sign in from now on."
          : "The password is changed. You are signed out everywhere else.",
      });
    },
  });
  const at = typing(typed, setTyped, error, reset);
  return (
    <section aria-label="Password">
      <h2>Password</h2>
      <p className={styles.about}>
        {me.open ? (
          "Until you set one, the desk answers this machine only, whoever sits at it is its owner, and nobody can be invited."
        ) : (
          <>
            Changing it signs you out everywhere else. If you forget it, it is set anew on the desk’s machine:{" "}
            <code>openbell user password</code>.
          </>
        )}
      </p>
      <Form
        label={me.password ? "Change the password" : "Set the password"}
        look={me.open ? "main" : "plain"}
        busy={isPending}
        error={error}
        fields={FIELDS}
        onSubmit={mutate}
      >
        {me.password && <TextField label="Now" type="password" fill="current-password" {...at("password")} />}
        <TextField
          label={me.password ? "New" : "Password"}
          type="password"
          hint={at("new_password").error ? undefined : PASSWORD_HINT}
          {...at("new_password")}
        />
      </Form>
    </section>
  );
}

/** The login provider of the desk, another site that knows who somebody is. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Me } from "../../api/desk";
import { leaveForProvider, linkProvider, peopleKeys, unlinkProvider, waysQuery } from "../../api/people";
import { Button } from "../../components/Button";
import { TextField } from "../../components/Field";
import { errorAt, whyNot } from "../../lib/refusal";
import { say } from "../../lib/toast";
import { Form } from "./Form";
import styles from "./People.module.css";

interface ButtonProps {
  label: string;
  invitation?: string;
  /** Where to go then: a path of this page. */
  to?: string;
}

/** Signs in there; with an invitation that is accepted on the way. */
export function ProviderButton({ label, invitation = "", to = "/" }: ButtonProps) {
  const { mutate, isPending, isSuccess } = useMutation({
    mutationFn: () => leaveForProvider({ invitation, to }),
    onError: (error) => say({ text: whyNot(error) }),
  });
  return (
    <Button disabled={isPending || isSuccess} onClick={() => mutate(undefined, { onSuccess: leave })}>
      {label}
    </Button>
  );
}

/** Leaves the page, once nothing waits for the desk any more. */
function leave({ address }: { address: string }) {
  window.location.assign(address);
}

/** Whether it opens one's account; nothing where the desk has none. */
export function Provider({ me }: { me: Me }) {
  const { data } = useQuery(waysQuery());
  if (!data?.oidc && !me.linked) return null;
  return (
    <section aria-label="Login provider">
      <h2>Login provider</h2>
      {me.linked ? <Linked /> : <Linking password={me.password} />}
    </section>
  );
}

function Linking({ password }: { password: boolean }) {
  const [typed, setTyped] = useState("");
  const { mutate, isPending, isSuccess, error, reset } = useMutation({
    mutationFn: () => linkProvider(typed),
  });
  return (
    <>
      <p className={styles.about}>Signing in there opens your account here too, once it is linked.</p>
      <Form
        label="Link"
        look="plain"
        busy={isPending || isSuccess}
        error={error}
        fields={["password"]}
        onSubmit={() => mutate(undefined, { onSuccess: leave })}
      >
        {password && (
          <TextField
            label="Password"
            type="password"
            fill="current-password"
            value={typed}
            error={errorAt(error, "password")}
            onChange={(value) => {
              reset();
              setTyped(value);
            }}
          />
        )}
      </Form>
    </>
  );
}

function Linked() {
  const client = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: unlinkProvider,
    onSuccess: () => say({ text: "The login provider opens your account no more." }),
    onError: (error) => say({ text: `Not unlinked. ${whyNot(error)}` }),
    onSettled: () => client.invalidateQueries({ queryKey: peopleKeys.me }),
  });
  return (
    <>
      <p className={styles.about}>Signing in there opens your account here.</p>
      <div>
        <Button disabled={isPending} onClick={() => mutate()}>
          Unlink
        </Button>
      </div>
    </>
  );
}

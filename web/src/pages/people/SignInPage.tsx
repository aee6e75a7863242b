import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link, Navigate, useSearchParams } from "react-router";
import { look, useStanding } from "../../api/login";
import { signIn, waysQuery } from "../../api/people";
import { Problem } from "../../api/problem";
import { Button } from "../../components/Button";
import { TextField } from "../../components/Field";
import { useTitle } from "../../lib/hooks";
import { whyNot, wrongOf } from "../../lib/refusal";
import { typing } from "../../lib/typing";
import { cameFrom } from "./address";
import { Form } from "./Form";
import { Front } from "./Front";
import styles from "./Front.module.css";
import { ProviderButton } from "./Provider";
import { openByPasskey, whyNoPasskeys } from "./passkey";

/** Who is it? */
export default function SignInPage() {
  useTitle("Sign in");
  const [params] = useSearchParams();
  const standing = useStanding();
  const ways = useQuery(waysQuery()).data;
  const refused = REFUSED[params.get("refused") ?? ""];
  if (standing === "in") return <Navigate replace to={cameFrom(params)} />;
  return (
    <Front title="Sign in">
      {refused && (
        <p role="alert" className={styles.refused}>
          {refused}
        </p>
      )}
      <Typed />
      {(ways?.oidc || !whyNoPasskeys()) && (
        <div className={styles.others}>
          {!whyNoPasskeys() && <PasskeyButton />}
          {ways?.oidc && <ProviderButton label="Use the login provider" to={cameFrom(params)} />}
        </div>
      )}
      {ways?.signup === "open" && (
        <p>
          New here? <Link to="/join">Make an account</Link>
        </p>
      )}
      <details>
        <summary>I cannot get in</summary>
        <p>
          Whoever looks after this desk can set a new password on its machine: <code>openbell user password NAME</code>.
          If your authenticator is lost too, they add <code>--without-codes</code>.
        </p>
      </details>
    </Front>
  );
}

/** Why the login provider led back here without a login. */
const REFUSED: Record<string, string> = {
  late: "That took too long. Begin again.",
  unknown: "The login provider knows you, and this desk does not yet: open the link of an invitation first.",
  often: "That was tried too often. Wait a while.",
  failed: "The login provider did not answer as it should. Try again, or use your password.",
  refused: "The login provider did not let you in.",
};

function PasskeyButton() {
  const { mutate, isPending, error } = useMutation({ mutationFn: openByPasskey, onSuccess: () => look() });
  return (
    <>
      <Button disabled={isPending} onClick={() => mutate()}>
        Use a passkey
      </Button>
      {error && (
        <p role="alert" className={styles.refused}>
          {whyNot(error)}
        </p>
      )}
    </>
  );
}

const FIELDS = ["name", "password", "code"];

function Typed() {
  const [typed, setTyped] = useState({ name: "", password: "", code: "" });
  // Once a code was asked for its field stays, also while the password is typed anew.
  const [coded, setCoded] = useState(false);
  const { mutate, isPending, isSuccess, error, reset } = useMutation({
    mutationFn: signIn,
    onSuccess: () => look(),
    onError: (error) => {
      if (wrongOf(error)?.field === "code") setCoded(true);
    },
  });
  const code = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (coded) code.current?.focus();
  }, [coded]);
  const shown = isAskedFor(error, typed.code) ? null : error;
  const at = typing(typed, setTyped, shown, reset);
  return (
    <Form label="Sign in" busy={isPending || isSuccess} error={shown} fields={FIELDS} onSubmit={() => mutate(typed)}>
      <TextField label="Name" fill="username" {...at("name")} />
      <TextField label="Password" type="password" fill="current-password" {...at("password")} />
      {coded && (
        <TextField
          label="Code"
          fill="one-time-code"
          input={code}
          hint="What your authenticator shows, or a recovery code."
          {...at("code")}
        />
      )}
    </Form>
  );
}

/** That a code is asked for is no mistake of who did not know of it. */
function isAskedFor(error: Error | null, code: string): boolean {
  return error instanceof Problem && error.field === "code" && code.trim() === "";
}

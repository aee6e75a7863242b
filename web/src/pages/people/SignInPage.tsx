import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link, Navigate, useSearchParams } from "react-router";
import { look, useStanding } from "../../api/login";
import { signIn, waysQuery } from "../../api/people";
import { Problem } from "../../api/problem";
import { TextField } from "../../components/Field";
import { useTitle } from "../../lib/hooks";
import { wrongOf } from "../../lib/refusal";
import { cameFrom } from "./address";
import { errorAt, Form } from "./Form";
import { Front } from "./Front";

/** Who is it? */
export default function SignInPage() {
  useTitle("Sign in");
  const [params] = useSearchParams();
  const standing = useStanding();
  const signup = useQuery(waysQuery()).data?.signup;
  if (standing === "in") return <Navigate replace to={cameFrom(params)} />;
  return (
    <Front title="Sign in">
      <Typed />
      {signup === "open" && (
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
  const at = (field: keyof typeof typed) => ({
    value: typed[field],
    error: errorAt(shown, field),
    onChange: (value: string) => {
      reset();
      setTyped((before) => ({ ...before, [field]: value }));
    },
  });
  const shown = isAskedFor(error, typed.code) ? null : error;
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

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { look, useStanding } from "../../api/login";
import { invitedQuery, join, meQuery, signOut, waysQuery } from "../../api/people";
import { Problem } from "../../api/problem";
import { Button } from "../../components/Button";
import { TextField } from "../../components/Field";
import { Trouble } from "../../components/Notice";
import { useTitle } from "../../lib/hooks";
import { typing } from "../../lib/typing";
import { Form, PASSWORD_HINT } from "./Form";
import { Front } from "./Front";
import { ProviderButton } from "./Provider";

/** Somebody new: by the link of an invitation, whose secret follows the `#`, or where signing up is open. */
export default function JoinPage() {
  useTitle("Join");
  const secret = useLocation().hash.slice(1) || null;
  const standing = useStanding();
  const ways = useQuery(waysQuery());
  const invited = useQuery({ ...invitedQuery(secret ?? ""), enabled: secret !== null && standing === "out" });
  const me = useQuery({ ...meQuery(), enabled: standing === "in" }).data;
  if (standing === "in" && me) return <Somebody name={me.name} open={me.open} />;
  if (ways.isError) {
    return (
      <Front title="Join this desk">
        <Trouble error={ways.error} onRetry={ways.refetch} />
      </Front>
    );
  }
  if (secret && invited.isPending) return null;
  if (invited.error instanceof Problem && invited.error.field === "invitation") return <Spent />;
  if (invited.isError) {
    return (
      <Front title="You are invited to this desk">
        <Trouble error={invited.error} onRetry={invited.refetch} />
      </Front>
    );
  }
  if (!secret && ways.data?.signup !== "open") return ways.data ? <Uninvited /> : null;
  return (
    <Front title={secret ? "You are invited to this desk" : "Make an account"}>
      <Newcomer secret={secret} />
      {ways.data?.oidc && <ProviderButton label="Join by the login provider" invitation={secret ?? ""} />}
      <p>
        Here before? <Link to="/sign-in">Sign in</Link>
      </p>
    </Front>
  );
}

const FIELDS = ["name", "password"];

function Newcomer({ secret }: { secret: string | null }) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState({ name: "", password: "" });
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: () => join({ ...typed, invitation: secret }),
    onSuccess: async () => {
      await look();
      navigate("/", { replace: true });
    },
  });
  const at = typing(typed, setTyped, error, reset);
  return (
    <Form label="Join" busy={isPending} error={error} fields={FIELDS} onSubmit={() => mutate()}>
      <TextField label="Name" fill="username" hint="You sign in with it, and others see it." {...at("name")} />
      <TextField
        label="Password"
        type="password"
        hint={at("password").error ? undefined : PASSWORD_HINT}
        {...at("password")}
      />
      {!secret && <p className="quiet">You will be a viewer. An owner of the desk can let you do more.</p>}
    </Form>
  );
}

function Spent() {
  return (
    <Front title="This invitation is not valid any more">
      <p>It was used, withdrawn, or is too old. Ask for another.</p>
      <p>
        Here before? <Link to="/sign-in">Sign in</Link>
      </p>
    </Front>
  );
}

function Uninvited() {
  return (
    <Front title="This desk is joined by invitation">
      <p>Ask its owner for a link. If you have one, open all of it: what follows the # lets you in.</p>
      <p>
        <Link to="/sign-in">Sign in</Link>
      </p>
    </Front>
  );
}

function Somebody({ name, open }: { name: string; open: boolean }) {
  const { mutate, isPending } = useMutation({ mutationFn: signOut, onSuccess: () => look() });
  return (
    <Front title={open ? "Nobody needs to join this desk yet" : `You are ${name} here already`}>
      {open ? (
        <p>Whoever uses this machine is its owner. Set a password first; then others can be invited.</p>
      ) : (
        <p>To join as somebody else, sign out first.</p>
      )}
      <p>{open ? <Link to="/settings">Set a password</Link> : <Link to="/">Go to the desk</Link>}</p>
      {!open && (
        <Button disabled={isPending} onClick={() => mutate()}>
          Sign out
        </Button>
      )}
    </Front>
  );
}

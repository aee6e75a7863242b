/** Codes of an authenticator, in addition to the password. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Me } from "../../api/desk";
import { confirmCodes, offerCodes, peopleKeys, removeCodes } from "../../api/people";
import { Button } from "../../components/Button";
import { TextField } from "../../components/Field";
import * as format from "../../lib/format";
import { errorAt } from "../../lib/refusal";
import { say } from "../../lib/toast";
import { Form } from "./Form";
import { Once } from "./Once";
import styles from "./People.module.css";
import { QrCode } from "./QrCode";

interface Offer {
  address: string;
  secret: string;
}

export function Codes({ me }: { me: Me }) {
  const [offer, setOffer] = useState<Offer | null>(null);
  const [recovery, setRecovery] = useState<readonly string[] | null>(null);
  return (
    <section aria-label="Two-factor login">
      <h2>Two-factor login</h2>
      {recovery ? (
        <Kept codes={recovery} onKept={() => setRecovery(null)} />
      ) : me.codes ? (
        <Removal left={me.recovery_left} />
      ) : offer ? (
        <Confirmation
          offer={offer}
          onCancel={() => setOffer(null)}
          onDone={(codes) => {
            setOffer(null);
            setRecovery(codes);
          }}
        />
      ) : (
        <Beginning onOffer={setOffer} />
      )}
    </section>
  );
}

/** The password again, for whoever finds this page open must not set up codes of their own. */
function usePassword() {
  const [password, setPassword] = useState("");
  const field = (error: Error | null, reset: () => void) => (
    <TextField
      label="Password"
      type="password"
      fill="current-password"
      value={password}
      error={errorAt(error, "password")}
      onChange={(value) => {
        reset();
        setPassword(value);
      }}
    />
  );
  return { password, field };
}

function Beginning({ onOffer }: { onOffer: (offer: Offer) => void }) {
  const { password, field } = usePassword();
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: () => offerCodes(password),
    onSuccess: onOffer,
  });
  return (
    <>
      <p className={styles.about}>
        An authenticator on your phone shows a code that is needed at each login: your password alone lets nobody in.
      </p>
      <Form label="Set it up" look="plain" busy={isPending} error={error} fields={["password"]} onSubmit={mutate}>
        {field(error, reset)}
      </Form>
    </>
  );
}

interface ConfirmationProps {
  offer: Offer;
  onCancel: () => void;
  onDone: (recovery: readonly string[]) => void;
}

function Confirmation({ offer, onCancel, onDone }: ConfirmationProps) {
  const client = useQueryClient();
  const [code, setCode] = useState("");
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: () => confirmCodes(code),
    onSuccess: ({ recovery }) => {
      onDone(recovery);
      void client.invalidateQueries({ queryKey: peopleKeys.me });
    },
  });
  return (
    <div className={styles.codes}>
      <QrCode text={offer.address} label="QR code of your key, for an authenticator" />
      <div>
        <p>Scan this with your authenticator, or type the key into it:</p>
        <code className={styles.key}>{(offer.secret.match(/.{1,4}/g) ?? []).join(" ")}</code>
        <Form label="Confirm" busy={isPending} error={error} fields={["code"]} onSubmit={mutate}>
          <TextField
            label="Code"
            number
            fill="one-time-code"
            hint="What it shows now."
            value={code}
            error={errorAt(error, "code")}
            onChange={(value) => {
              reset();
              setCode(value);
            }}
          />
        </Form>
        <Button look="quiet" flush onClick={onCancel}>
          Not now
        </Button>
      </div>
    </div>
  );
}

function Kept({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  return (
    <>
      <p role="status">
        A code is needed at each login from now on. Keep these too, not on your phone: each lets you in once where the
        authenticator is lost. They are not shown again.
      </p>
      <Once label="Recovery codes" text={codes.join("\n")}>
        <Button onClick={onKept}>I have kept them</Button>
      </Once>
    </>
  );
}

function Removal({ left }: { left: number }) {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const { password, field } = usePassword();
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: () => removeCodes(password),
    onSuccess: () => {
      say({ text: "No code is needed any more." });
      return client.invalidateQueries({ queryKey: peopleKeys.me });
    },
  });
  return (
    <>
      <p className={styles.about}>
        A code is needed at each login. {format.counted(left, "recovery code")} {left === 1 ? "is" : "are"} left
        {left <= 2 ? "; for new ones, remove the two-factor login and set it up again" : ""}.
      </p>
      {open ? (
        <Form
          label="Need no code any more"
          look="plain"
          busy={isPending}
          error={error}
          fields={["password"]}
          onSubmit={mutate}
        >
          {field(error, reset)}
        </Form>
      ) : (
        <div>
          <Button look="quiet" flush onClick={() => setOpen(true)}>
            Remove…
          </Button>
        </div>
      )}
    </>
  );
}

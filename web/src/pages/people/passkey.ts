/** Passkeys, as this browser makes and uses them (WebAuthn). */

import { addPasskey, askForPasskey, offerPasskey, signInByPasskey } from "../../api/people";
import { Problem } from "../../api/problem";

/** Why this browser has no passkeys for the desk at this address; null where it has. */
export function whyNoPasskeys(hostname = window.location.hostname): string | null {
  if (/^[\d.]+$|^\[/.test(hostname)) {
    return "Browsers make passkeys for names only, and this page was opened by a number: on this machine, open it as localhost.";
  }
  if (!("PublicKeyCredential" in window) || !("parseCreationOptionsFromJSON" in PublicKeyCredential)) {
    return "This browser makes none for this page: it must be new enough, and the page must come over TLS.";
  }
  return null;
}

export async function makePasskey(name: string, password: string) {
  const { options } = await offerPasskey(password);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as never);
  return addPasskey(name, await told(navigator.credentials.create({ publicKey })));
}

export async function openByPasskey() {
  const { options } = await askForPasskey();
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as never);
  return signInByPasskey(await told(navigator.credentials.get({ publicKey })));
}

/** What the browser made, as the desk reads it. */
async function told(asked: Promise<Credential | null>): Promise<Record<string, unknown>> {
  const credential = await asked.catch((error: unknown) => {
    throw refusal(error);
  });
  if (!(credential instanceof PublicKeyCredential)) throw refusal(null);
  return { ...credential.toJSON() };
}

function refusal(error: unknown): Problem {
  const known = error instanceof DOMException && error.name === "InvalidStateError";
  const detail = known
    ? "This device has a passkey for this desk already."
    : "No passkey was used: it was called off, or took too long.";
  return new Problem("No passkey", detail, known ? null : "Try again, or use your password.", 0);
}

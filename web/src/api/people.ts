/** Questions about people: who asks, where they are signed in, who else there is, and what was done. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import type { NewToken, PersonChange, RoleName } from "./desk";
import { answered } from "./problem";

export const peopleKeys = {
  me: ["me"] as const,
  sessions: ["sessions"] as const,
  tokens: ["tokens"] as const,
  passkeys: ["passkeys"] as const,
  people: ["people"] as const,
  invitations: ["people", "invitations"] as const,
  log: ["people", "log"] as const,
};

/** How soon it is seen that somebody joined by a link that was given to them. */
const OTHERS_MS = 10_000;

export function ways(signal?: AbortSignal) {
  return answered(client.GET("/api/v1/sessions/ways", { ...(signal && { signal }) }));
}

/** How one gets into this desk. */
export function waysQuery() {
  return queryOptions({ queryKey: ["ways"], queryFn: ({ signal }) => ways(signal) });
}

/** Who asks. */
export function meQuery() {
  return queryOptions({
    queryKey: peopleKeys.me,
    queryFn: ({ signal }) => answered(client.GET("/api/v1/me", { signal })),
  });
}

export function signIn(body: { name: string; password: string; code: string }) {
  return answered(client.POST("/api/v1/sessions", { body }));
}

/** What an invitation makes of who brings it; refused where it holds no longer. */
export function invitedQuery(secret: string) {
  return queryOptions({
    queryKey: ["invited", secret],
    queryFn: () => answered(client.POST("/api/v1/users/join/invitation", { body: { invitation: secret } })),
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
}

export function join(body: { name: string; password: string; invitation: string | null }) {
  return answered(client.POST("/api/v1/users/join", { body }));
}

export function signOut() {
  return answered(client.POST("/api/v1/sessions/logout"));
}

export function signOutEverywhere(tokens: boolean) {
  return answered(client.POST("/api/v1/sessions/logout-everywhere", { body: { tokens } }));
}

export function rename(name: string) {
  return answered(client.PUT("/api/v1/me", { body: { name } }));
}

export function changePassword(body: { password: string; new_password: string }) {
  return answered(client.POST("/api/v1/me/password", { body }));
}

export function offerCodes(password: string) {
  return answered(client.POST("/api/v1/me/totp", { body: { password } }));
}

export function confirmCodes(code: string) {
  return answered(client.POST("/api/v1/me/totp/confirm", { body: { code } }));
}

export function removeCodes(password: string) {
  return answered(client.POST("/api/v1/me/totp/remove", { body: { password } }));
}

export function sessionsQuery() {
  return queryOptions({
    queryKey: peopleKeys.sessions,
    queryFn: ({ signal }) => answered(client.GET("/api/v1/sessions", { signal })),
  });
}

export function endSession(number: number) {
  return answered(client.DELETE("/api/v1/sessions/{number}", { params: { path: { number } } }));
}

export function tokensQuery() {
  return queryOptions({
    queryKey: peopleKeys.tokens,
    queryFn: ({ signal }) => answered(client.GET("/api/v1/tokens", { signal })),
  });
}

export function makeToken(body: NewToken) {
  return answered(client.POST("/api/v1/tokens", { body }));
}

export function removeToken(number: number) {
  return answered(client.DELETE("/api/v1/tokens/{number}", { params: { path: { number } } }));
}

export function peopleQuery() {
  return queryOptions({
    queryKey: peopleKeys.people,
    queryFn: ({ signal }) => answered(client.GET("/api/v1/users", { signal })),
    refetchInterval: OTHERS_MS,
  });
}

export function changePerson(number: number, body: PersonChange) {
  return answered(client.PUT("/api/v1/users/{number}", { params: { path: { number } }, body }));
}

/** With all that is their own: their name confirms it. */
export function removePerson(number: number, name: string) {
  return answered(client.DELETE("/api/v1/users/{number}", { params: { path: { number }, query: { name } } }));
}

export function invitationsQuery() {
  return queryOptions({
    queryKey: peopleKeys.invitations,
    queryFn: ({ signal }) => answered(client.GET("/api/v1/users/invitations", { signal })),
    staleTime: 0,
    refetchInterval: OTHERS_MS,
  });
}

export function invite(role: RoleName, days: number) {
  return answered(client.POST("/api/v1/users/invitations", { body: { role, days } }));
}

export function withdraw(number: number) {
  return answered(client.DELETE("/api/v1/users/invitations/{number}", { params: { path: { number } } }));
}

export function passkeysQuery() {
  return queryOptions({
    queryKey: peopleKeys.passkeys,
    queryFn: ({ signal }) => answered(client.GET("/api/v1/me/passkeys", { signal })),
  });
}

export function offerPasskey(password: string) {
  return answered(client.POST("/api/v1/me/passkeys/options", { body: { password } }));
}

export function addPasskey(name: string, credential: Record<string, unknown>) {
  return answered(client.POST("/api/v1/me/passkeys", { body: { name, credential } }));
}

export function removePasskey(number: number) {
  return answered(client.DELETE("/api/v1/me/passkeys/{number}", { params: { path: { number } } }));
}

export function askForPasskey() {
  return answered(client.POST("/api/v1/sessions/passkey/options"));
}

export function signInByPasskey(credential: Record<string, unknown>) {
  return answered(client.POST("/api/v1/sessions/passkey", { body: { credential } }));
}

/** Where the login provider is, to sign in there and go on to a path; with an invitation that is accepted on the way. */
export function leaveForProvider(body: { invitation: string; to: string }) {
  return answered(client.POST("/api/v1/sessions/oidc", { body }));
}

export function linkProvider(password: string) {
  return answered(client.POST("/api/v1/me/oidc", { body: { password } }));
}

export function unlinkProvider() {
  return answered(client.DELETE("/api/v1/me/oidc"));
}

/** What was done, the newest first; by somebody, or of a kind only. */
export function logQuery(query: { limit: number; name?: string; what?: string }) {
  return queryOptions({
    queryKey: [...peopleKeys.log, query],
    queryFn: ({ signal }) => answered(client.GET("/api/v1/audit", { params: { query }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

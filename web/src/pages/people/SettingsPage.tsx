import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import type { Me } from "../../api/desk";
import { meQuery } from "../../api/people";
import { Appearance } from "../../components/Appearance";
import { Choice } from "../../components/Choice";
import { Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { useTitle } from "../../lib/hooks";
import { Account } from "./Account";
import { adminPath, SETTINGS_VIEWS, type SettingsView, settingsPath, settingsView } from "./address";
import { Devices } from "./Devices";
import styles from "./People.module.css";
import { Tokens } from "./Tokens";

const TITLES: Record<SettingsView, string> = {
  account: "Account",
  devices: "Devices",
  tokens: "Tokens",
  appearance: "Appearance",
};

/** Who am I on this desk, and what lets me in? */
export default function SettingsPage() {
  const [params] = useSearchParams();
  const view = settingsView(params);
  useTitle(view === "account" ? "Settings" : TITLES[view]);
  const { data: me, error, isError, refetch } = useQuery(meQuery());
  if (isError && !me) return <Trouble whole error={error} onRetry={refetch} />;
  if (!me) return <Skeleton height={480} />;
  return (
    <article className={styles.page}>
      <header className={styles.head}>
        <h1>{me.open ? "This desk is open to whoever uses this machine" : `You are ${me.name}, ${A_ROLE[me.role]}`}</h1>
        <Choice
          label="Settings"
          chosen={view}
          options={[
            ...SETTINGS_VIEWS.filter((each) => !me.open || OF_AN_OPEN_DESK.includes(each)).map((each) => ({
              value: each,
              label: TITLES[each],
              to: settingsPath(each),
            })),
            ...(me.role === "owner" ? [{ value: "people", label: "People", to: adminPath() }] : []),
          ]}
        />
      </header>
      <View view={view} me={me} />
    </article>
  );
}

const A_ROLE: Record<Me["role"], string> = {
  viewer: "a viewer of this desk",
  member: "a member of this desk",
  owner: "an owner of this desk",
};

/** Where nobody signs in nothing is signed in, and no program needs a token. */
const OF_AN_OPEN_DESK: readonly SettingsView[] = ["account", "appearance"];

function View({ view, me }: { view: SettingsView; me: Me }) {
  switch (view) {
    case "account":
      return <Account me={me} />;
    case "devices":
      return <Devices />;
    case "tokens":
      return <Tokens role={me.role} />;
    case "appearance":
      return (
        <section>
          <h2>In this browser</h2>
          <Appearance />
        </section>
      );
  }
}

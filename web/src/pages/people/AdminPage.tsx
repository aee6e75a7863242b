import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { invitationsQuery, peopleQuery } from "../../api/people";
import { Choice } from "../../components/Choice";
import { Notice, Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { useTitle } from "../../lib/hooks";
import { useMay, useMe } from "../../lib/me";
import { adminPath, logAddress, settingsPath } from "./address";
import { Everybody } from "./Everybody";
import { headline } from "./headline";
import { Invitations } from "./Invitations";
import { Log } from "./Log";
import styles from "./People.module.css";

const VIEWS = [
  { value: "people", label: "People", to: adminPath() },
  { value: "log", label: "Log", to: adminPath({ who: null, what: null }) },
];

/** Who may use this desk, and what did they do to it? */
export default function AdminPage() {
  const [params] = useSearchParams();
  const log = logAddress(params);
  useTitle(log ? "Log" : "People");
  if (!useMay("owner")) {
    return (
      <Notice
        whole
        title="Owners look after the people of this desk"
        action={<Link to={settingsPath("account")}>Settings</Link>}
      >
        Your own name, password and tokens are in the settings.
      </Notice>
    );
  }
  return (
    <article className={styles.page}>
      <header className={styles.head}>
        <Headline />
        <Choice label="People and the log" chosen={log ? "log" : "people"} options={VIEWS} />
      </header>
      {log ? <Log asked={log} /> : <People />}
    </article>
  );
}

function Headline() {
  const people = useQuery(peopleQuery()).data;
  const waiting = useQuery(invitationsQuery()).data;
  return <h1>{people && waiting ? headline(people.people, waiting.invitations) : "People"}</h1>;
}

function People() {
  const me = useMe();
  const { data, error, isError, refetch } = useQuery(peopleQuery());
  if (isError && !data) return <Trouble error={error} onRetry={refetch} />;
  if (!data) return <Skeleton height={320} />;
  return (
    <>
      <Everybody people={data.people} />
      {me?.open ? (
        <p className={styles.about}>
          The desk is open to this machine only, and whoever uses it is the owner.{" "}
          <Link to={settingsPath("account")}>Set your password</Link>; then you can invite others.
        </p>
      ) : (
        <Invitations />
      )}
    </>
  );
}

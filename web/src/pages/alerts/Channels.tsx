import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { alertKeys, changeChannel, channelsQuery, testChannel } from "../../api/alerts";
import type { Channel } from "../../api/desk";
import { Button } from "../../components/Button";
import { Trouble } from "../../components/Notice";
import { Skeleton } from "../../components/Skeleton";
import { alertsPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useMay } from "../../lib/me";
import { askToNotify, notify, useAllowed } from "../../lib/notices";
import { whyNot } from "../../lib/refusal";
import { say } from "../../lib/toast";
import styles from "./Channels.module.css";
import { KINDS, whereOf } from "./kinds";
import { Switch } from "./Rules";

/** By which ways alerts leave, and those there are. */
export function Channels() {
  const { data, error, isError, refetch } = useQuery(channelsQuery());
  const may = useMay("owner");
  if (isError && !data) return <Trouble error={error} onRetry={refetch} />;
  if (!data) return <Skeleton height={320} />;
  return (
    <>
      <section>
        <h2>Channels</h2>
        {data.channels.length === 0 && (
          <p className={styles.none}>
            There are none yet: what fires is told on this page only.{may && " Add the first below."}
          </p>
        )}
        <ul>
          {data.channels.map((channel) => (
            <Kept key={channel.id} channel={channel} may={may} />
          ))}
        </ul>
      </section>
      {!may && <p className={styles.none}>Owners of the desk add and change channels.</p>}
      {may && (
        <section>
          <h2>Add a channel</h2>
          <ul className={styles.kinds}>
            {KINDS.filter(({ kind }) => !isOfThePage(kind) || !data.channels.some((each) => each.kind === kind)).map(
              ({ id, title, about }) => (
                <li key={id}>
                  <Link
                    className={styles.kind}
                    to={alertsPath({ channels: true, panel: { kind: "add", channel: id } })}
                  >
                    <strong>{title}</strong>
                    <span>{about}</span>
                  </Link>
                </li>
              ),
            )}
          </ul>
        </section>
      )}
    </>
  );
}

/** What the page reads itself is needed once. */
function isOfThePage(kind: string): boolean {
  return kind === "browser" || kind === "in-app";
}

function Kept({ channel, may }: { channel: Channel; may: boolean }) {
  const client = useQueryClient();
  const { id, kind, name, enabled } = channel;
  const switched = useMutation({
    mutationFn: () => changeChannel(id, { enabled: !enabled }),
    onError: (error) => say({ text: `Not saved. ${whyNot(error)}` }),
    onSettled: () => client.invalidateQueries({ queryKey: alertKeys.channels }),
  });
  const test = useMutation({ mutationFn: () => (kind === "browser" ? shownHere() : testChannel(id)) });
  return (
    <li className={styles.channel} data-off={!enabled || undefined}>
      <Switch on={enabled} name={name} onSwitch={may ? () => switched.mutate() : null} />
      <span className={styles.name}>
        {may ? (
          <Link to={alertsPath({ channels: true, panel: { kind: "channel", channel: id } })}>{name}</Link>
        ) : (
          <strong>{name}</strong>
        )}
        <span className={styles.where}>{whereOf(channel)}</span>
        {channel.failing > 0 && (
          <span className={styles.refused}>
            {format.counted(channel.failing, "alert")} {channel.failing === 1 ? "has" : "have"} not arrived yet, and
            will be tried again
          </span>
        )}
      </span>
      {kind === "browser" && <Permission />}
      {may && (
        <Button onClick={() => test.mutate()} disabled={test.isPending} aria-label={`Send a test to ${name}`}>
          Send a test
        </Button>
      )}
      <p role="status" className={styles.receipt} data-ok={test.data?.ok}>
        {test.isPending && "Sending…"}
        {test.data && (
          <>
            {test.data.ok ? "Arrived: " : "Did not arrive: "}
            {test.data.receipt}
          </>
        )}
        {test.error && whyNot(test.error)}
      </p>
    </li>
  );
}

async function shownHere(): Promise<{ ok: boolean; receipt: string }> {
  const ok = notify("A test of Openbell’s notifications", "openbell-test", () => {});
  return { ok, receipt: ok ? "this browser shows it." : "this browser does not allow notifications of this page." };
}

function Permission() {
  const permission = useAllowed();
  if (permission === "granted") return null;
  if (permission === "default") return <Button onClick={askToNotify}>Allow in this browser</Button>;
  return <span className={styles.refused}>Not allowed in this browser</span>;
}

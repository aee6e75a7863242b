import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { alertKeys, channelsQuery, firingsQuery, markSeen, rulesQuery } from "../../api/alerts";
import type { Firings, Rules as Kept } from "../../api/desk";
import { watchlistsQuery } from "../../api/watchlists";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Trouble } from "../../components/Notice";
import { Panel } from "../../components/Panel";
import { Skeleton } from "../../components/Skeleton";
import { type AlertsPanel, alertsAddress, alertsPath, newAlertPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useTitle } from "../../lib/hooks";
import { useMay } from "../../lib/me";
import { isLookedAt } from "../../lib/notices";
import styles from "./AlertsPage.module.css";
import { ChannelPanel } from "./ChannelPanel";
import { Channels } from "./Channels";
import { blank, formOf } from "./draft";
import { useRuleEdits } from "./edits";
import { Fired } from "./Fired";
import { FiringPanel } from "./FiringPanel";
import { headline } from "./headline";
import { KINDS, kindOf } from "./kinds";
import RuleEditor from "./RuleEditor";
import { Rules } from "./Rules";

const VIEWS = [
  { value: "alerts", label: "Alerts", to: "/alerts" },
  { value: "channels", label: "Channels", to: alertsPath({ channels: true, panel: null }) },
];

/** What fired, and what am I waiting for? */
export default function AlertsPage() {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const { channels, panel } = alertsAddress(params);
  const may = useMay("member");
  useTitle(channels ? "Channels" : "Alerts");
  return (
    <article className={styles.page} data-panel={panel !== null || undefined}>
      <div className={styles.main}>
        <header className={styles.head}>
          {channels ? <h1>Where alerts are told</h1> : <Headline />}
          <Choice label="Alerts and channels" chosen={channels ? "channels" : "alerts"} options={VIEWS} />
          {may && (
            <Button look={panel ? "plain" : "main"} onClick={() => navigate(newAlertPath())}>
              New alert
            </Button>
          )}
        </header>
        {channels ? <Channels /> : <Alerts open={panel?.kind === "firing" ? panel.firing : null} />}
      </div>
      {panel && <Beside key={JSON.stringify(panel)} panel={panel} back={alertsPath({ channels, panel: null })} />}
    </article>
  );
}

function Headline() {
  const firings = useQuery(firingsQuery(FIRST_SHOWN)).data;
  const rules = useQuery(rulesQuery()).data;
  return <h1>{firings && rules ? headline(firings.last_day, rules.rules) : "Alerts"}</h1>;
}

const FIRST_SHOWN = 10;
const MOST_SHOWN = 500;

function Alerts({ open }: { open: number | null }) {
  const [limit, setLimit] = useState(FIRST_SHOWN);
  const firings = useQuery(firingsQuery(limit));
  const rules = useQuery(rulesQuery());
  const lists = useQuery(watchlistsQuery());
  const channels = useQuery(channelsQuery());
  const fresh = useFresh(firings.data);
  return (
    <>
      <section className={styles.fired}>
        <h2>
          What fired <span className={styles.clock}>{format.zoneName(format.READERS_ZONE)}</span>
        </h2>
        {firings.isError && !firings.data && <Trouble error={firings.error} onRetry={firings.refetch} />}
        {firings.isPending && <Skeleton height={160} />}
        {firings.data && (
          <Fired
            firings={firings.data.firings}
            fresh={fresh}
            open={open}
            waiting={(rules.data?.rules.length ?? 0) > 0}
          />
        )}
        {firings.data && firings.data.firings.length === limit && limit < MOST_SHOWN && (
          <Button look="quiet" onClick={() => setLimit((before) => Math.min(MOST_SHOWN, 5 * before))}>
            Show older
          </Button>
        )}
      </section>
      <section>
        <h2>What I am waiting for</h2>
        {rules.isError && !rules.data && <Trouble error={rules.error} onRetry={rules.refetch} />}
        {rules.isPending && <Skeleton height={160} />}
        {rules.data && (
          <Rules
            rules={rules.data.rules}
            lists={lists.data?.watchlists ?? []}
            channels={channels.data?.channels ?? []}
          />
        )}
        {rules.data && rules.data.unreadable.length > 0 && <Unreadable rules={rules.data.unreadable} />}
      </section>
    </>
  );
}

/** Rules that can only be removed. */
function Unreadable({ rules }: { rules: Kept["unreadable"] }) {
  const { discard } = useRuleEdits();
  return (
    <div role="alert" className={styles.unreadable}>
      <p>Written by another version of Openbell, and not understood by this one:</p>
      {rules.map(({ id, name }) => (
        <p key={id}>
          {name}{" "}
          <Button look="quiet" aria-label={`Remove ${name}`} onClick={() => discard(id)}>
            Remove
          </Button>
        </p>
      ))}
    </div>
  );
}

/** How long a firing is on the page before it counts as seen. */
const LOOKED_MS = 1500;

/** The firings that were not seen before this visit; once they have been on the page for a while the desk is told. */
function useFresh(told: Firings | undefined): ReadonlySet<number> {
  const client = useQueryClient();
  const [fresh, setFresh] = useState<ReadonlySet<number>>(new Set());
  const unseen = told?.firings.filter(({ seen }) => !seen).map(({ id }) => id) ?? [];
  if (unseen.some((id) => !fresh.has(id))) setFresh(new Set([...fresh, ...unseen]));
  const { mutate } = useMutation({
    mutationFn: markSeen,
    onSettled: () => client.invalidateQueries({ queryKey: alertKeys.firings }),
  });
  const newest = unseen.length > 0 ? Math.max(...unseen) : 0;
  useEffect(() => {
    if (newest === 0) return;
    let timer = 0;
    const look = () => {
      window.clearTimeout(timer);
      if (isLookedAt()) timer = window.setTimeout(() => mutate(newest), LOOKED_MS);
    };
    look();
    const turns = ["visibilitychange", "focus", "blur"] as const;
    for (const turn of turns) window.addEventListener(turn, look);
    return () => {
      window.clearTimeout(timer);
      for (const turn of turns) window.removeEventListener(turn, look);
    };
  }, [newest, mutate]);
  return fresh;
}

function Beside({ panel, back }: { panel: AlertsPanel; back: string }) {
  const rules = useQuery(rulesQuery());
  const channels = useQuery(channelsQuery());
  const kept = channels.data?.channels ?? [];
  const [ofMembers, ofOwners] = [useMay("member"), useMay("owner")];
  if (!ofMembers && (panel.kind === "new" || panel.kind === "edit")) {
    return <Refused who="Members" what="make and change alerts" back={back} />;
  }
  if (!ofOwners && (panel.kind === "add" || panel.kind === "channel")) {
    return <Refused who="Owners" what="set up channels" back={back} />;
  }
  switch (panel.kind) {
    case "new":
      return <RuleEditor begin={blank(panel.symbol, panel.level)} rule={null} back={back} />;
    case "firing":
      return <FiringPanel number={panel.firing} back={back} />;
    case "edit": {
      const rule = rules.data?.rules.find(({ id }) => id === panel.rule);
      if (!rule) return <Absent what={`alert ${panel.rule}`} asked={rules} back={back} />;
      return <RuleEditor begin={formOf(rule)} rule={rule} back={back} />;
    }
    case "add": {
      const kind = KINDS.find(({ id }) => id === panel.channel);
      if (!kind) return <Missing what={`channel called ${panel.channel}`} back={back} />;
      return <ChannelPanel kind={kind} channels={kept} channel={null} back={back} />;
    }
    case "channel": {
      const channel = kept.find(({ id }) => id === panel.channel);
      const kind = channel && kindOf(channel);
      if (!channel || !kind) return <Absent what={`channel ${panel.channel}`} asked={channels} back={back} />;
      return <ChannelPanel kind={kind} channels={kept} channel={channel} back={back} />;
    }
  }
}

interface AbsentProps {
  what: string;
  asked: { isPending: boolean; error: Error | null; refetch: () => void };
  back: string;
}

/** Not there yet, not to be had, or not at all. */
function Absent({ what, asked: { isPending, error, refetch }, back }: AbsentProps) {
  if (isPending) {
    return (
      <Panel title="One moment" back={back}>
        <Skeleton height={320} />
      </Panel>
    );
  }
  if (!error) return <Missing what={what} back={back} />;
  return (
    <Panel title="Not to be had" back={back}>
      <Trouble error={error} onRetry={refetch} />
    </Panel>
  );
}

function Refused({ who, what, back }: { who: string; what: string; back: string }) {
  return (
    <Panel title="Not yours to change" back={back}>
      <p>
        {who} of this desk {what}. An owner can make you one.
      </p>
    </Panel>
  );
}

function Missing({ what, back }: { what: string; back: string }) {
  return (
    <Panel title="Not found" back={back}>
      <p>There is no {what}. It may have been removed.</p>
    </Panel>
  );
}

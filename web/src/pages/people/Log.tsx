import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Entry } from "../../api/desk";
import { logQuery } from "../../api/people";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Trouble } from "../../components/Notice";
import { Select } from "../../components/Select";
import { Skeleton } from "../../components/Skeleton";
import { Table } from "../../components/Table";
import * as format from "../../lib/format";
import { adminPath, type LogAddress } from "./address";
import { askedOf, choicesOf, whoOf } from "./log";
import styles from "./People.module.css";

const [FIRST, MOST] = [100, 1000];
const ALL = "";

/** What was done to accounts: who, what, when and from where. */
export function Log({ asked }: { asked: LogAddress }) {
  const navigate = useNavigate();
  const [limit, setLimit] = useState(FIRST);
  const { data, error, isError, refetch } = useQuery(logQuery({ limit, ...askedOf(asked) }));
  if (isError && !data) return <Trouble error={error} onRetry={refetch} />;
  if (!data) return <Skeleton height={480} />;
  const choose = (change: Partial<LogAddress>) => navigate(adminPath({ ...asked, ...change }), { replace: true });
  const offered = (key: "who" | "what", found: readonly string[], all: string) => ({
    value: asked[key] ?? ALL,
    options: [{ value: ALL, label: all }, ...choicesOf(found, asked[key])],
    onChoose: (value: string) => choose({ [key]: value === ALL ? null : value }),
  });
  const rows = data.entries;
  return (
    <section aria-label="Log">
      <div className={styles.filters}>
        <Select label="Who" {...offered("who", data.names, "Everybody")} />
        <Select label="What" {...offered("what", data.kinds, "Everything")} />
      </div>
      {rows.length === 0 ? (
        <p className={styles.about}>Nothing of that was done.</p>
      ) : (
        <Table
          cards
          caption="What was done"
          file="log"
          pageSize={50}
          rows={rows}
          keyOf={({ id }) => id}
          card={card}
          columns={[
            { title: "When", clock: format.zoneName(format.READERS_ZONE), ...told(({ at }) => at, format.toTheSecond) },
            { title: "Who", ...told(whoOf) },
            { title: "What", ...told(({ what }) => what) },
            { title: "About", ...told(({ about }) => about) },
            { title: "From", ...told(({ address }) => address) },
          ]}
        />
      )}
      {data.entries.length === limit && limit < MOST && (
        <div>
          <Button look="quiet" flush onClick={() => setLimit(MOST)}>
            Show older
          </Button>
        </div>
      )}
    </section>
  );
}

/** What was done and who did it; below, when, to what and from where. */
function card(entry: Entry) {
  const facts = [
    <span key="when">{format.toTheSecond(entry.at)}</span>,
    entry.about && <span key="about">{entry.about}</span>,
    entry.address && <span key="from">{entry.address}</span>,
  ];
  return <Card title={entry.what} value={whoOf(entry)} facts={facts} />;
}

function told(cell: (entry: Entry) => string, show = (text: string) => text) {
  return { cell, show: (entry: Entry) => <span>{show(cell(entry))}</span> };
}

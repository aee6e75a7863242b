import { Link } from "react-router";
import type { RejectGroup } from "../../api/desk";
import { Table } from "../../components/Table";
import * as format from "../../lib/format";
import { CLOCK } from "./Providers";

interface RejectGroupsProps {
  groups: readonly RejectGroup[];
  chosen: { source: string | null; reason: string | null };
}

export function RejectGroups({ groups, chosen }: RejectGroupsProps) {
  if (groups.length === 0) return <p className="quiet">Nothing has been set aside.</p>;
  const isChosen = (group: RejectGroup) => group.source === chosen.source && group.reason === chosen.reason;
  const to = (group: RejectGroup) =>
    isChosen(group) ? "/sources" : `/sources?${new URLSearchParams({ source: group.source, reason: group.reason })}`;
  return (
    <Table
      caption="Rows set aside, by source and reason"
      rows={groups}
      keyOf={({ source, reason }) => `${source} ${reason}`}
      columns={[
        {
          title: "Reason",
          show: (group) => (
            <Link to={to(group)} aria-expanded={isChosen(group)}>
              {group.title}
            </Link>
          ),
        },
        { title: "Source", show: ({ source }) => source },
        { title: "Rows", number: true, show: ({ count }) => format.whole(count) },
        { title: "Latest", clock: CLOCK, show: ({ latest }) => format.moment(latest) },
      ]}
    />
  );
}

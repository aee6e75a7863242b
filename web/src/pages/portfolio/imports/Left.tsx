/** What of an imported file was not understood: it is kept with the import, and can be read. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Batch, Portfolio } from "../../../api/desk";
import { problemsQuery, ROWS } from "../../../api/imports";
import { Trouble } from "../../../components/Notice";
import { Pager } from "../../../components/Table";
import { Problems } from "./Problems";

export function Left({ portfolio, batch: { id, file } }: { portfolio: Portfolio; batch: Batch }) {
  const [page, setPage] = useState(0);
  const { data, error, refetch } = useQuery(problemsQuery(portfolio.id, id, page * ROWS));
  if (error && !data) return <Trouble error={error} onRetry={refetch} />;
  if (!data) return null;
  const pages = Math.max(1, Math.ceil(data.total / ROWS));
  return (
    <>
      <Problems problems={data.problems} title={`Not understood of ${file}`} />
      {pages > 1 && <Pager page={page} pages={pages} rows={data.total} onPage={setPage} />}
    </>
  );
}

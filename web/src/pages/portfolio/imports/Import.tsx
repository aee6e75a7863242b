/** A broker’s file, step by step: upload, map, match, preview, confirm; and every import that can be taken back. */

import { useSearchParams } from "react-router";
import { Notice } from "../../../components/Notice";
import type { PortfolioPageProps } from "../props";
import { Batches } from "./Batches";
import { Upload } from "./Upload";
import { Wizard } from "./Wizard";

export default function Import({ portfolio }: PortfolioPageProps) {
  const [params] = useSearchParams();
  const [upload, file] = [params.get("upload"), params.get("file")];
  if (portfolio.right === "read")
    return (
      <Notice whole title="You may look at this portfolio, and not change it">
        <p>Its owner can let you.</p>
      </Notice>
    );
  if (upload) return <Wizard key={upload} portfolio={portfolio} upload={upload} file={file || "statement"} />;
  return (
    <>
      <Upload portfolio={portfolio} />
      <Batches portfolio={portfolio} />
    </>
  );
}

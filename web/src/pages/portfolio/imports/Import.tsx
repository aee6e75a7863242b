/** A broker’s file, step by step: upload, map, match, preview, confirm; and every import that can be taken back. */

import { useSearchParams } from "react-router";
import { OnlyRead } from "../OnlyRead";
import type { PortfolioPageProps } from "../props";
import { Batches } from "./Batches";
import { Upload } from "./Upload";
import { Wizard } from "./Wizard";

export default function Import({ portfolio }: PortfolioPageProps) {
  const [params] = useSearchParams();
  const [upload, file] = [params.get("upload"), params.get("file")];
  if (portfolio.right === "read") return <OnlyRead whole portfolio={portfolio} />;
  if (upload) return <Wizard key={upload} portfolio={portfolio} upload={upload} file={file || "statement"} />;
  return (
    <>
      <Upload portfolio={portfolio} />
      <Batches portfolio={portfolio} />
    </>
  );
}

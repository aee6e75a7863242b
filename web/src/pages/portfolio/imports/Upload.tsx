import { useMutation } from "@tanstack/react-query";
import { type DragEvent, useId, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { Portfolio } from "../../../api/desk";
import { uploadFile } from "../../../api/imports";
import { whyNot } from "../../../lib/refusal";
import { changed } from "../address";
import styles from "./Import.module.css";
import { Stepper } from "./Stepper";

/** The first step: a file is chosen, or dropped. */
export function Upload({ portfolio }: { portfolio: Portfolio }) {
  const id = useId();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const [over, setOver] = useState(false);
  const { mutate, error, isPending } = useMutation({
    mutationFn: async (file: File) => ({ file, kept: await uploadFile(portfolio.id, file) }),
    onSuccess: ({ file, kept }) => navigate(changed(params, { upload: kept.key, file: file.name })),
  });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) mutate(file);
  };
  const hover = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <>
      <h1>Import a broker’s file</h1>
      <Stepper steps={["upload", "match", "preview"]} step="upload" to={() => null} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is the pointer's way; the field in it is everybody's */}
      <div
        className={styles.drop}
        data-over={over || undefined}
        onDragOver={hover}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <label htmlFor={id} className={styles.label}>
          {isPending ? "Reading it…" : "Choose a file, or drop it here"}
        </label>
        <input
          id={id}
          type="file"
          disabled={isPending}
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) mutate(file);
            event.target.value = "";
          }}
        />
        <p className="quiet">
          Transactions of Degiro, Trading 212, Schwab, Interactive Brokers, Coinbase, Parqet, Revolut, Swissquote,
          eToro, Robinhood, Fidelity, Ghostfolio, Portfolio Performance or Beancount are known by what is in them; of
          any other table you say which column is what. Nothing is written before you confirm, and all of it can be
          undone.
        </p>
        {error && (
          <p role="alert" className={styles.wrong}>
            {whyNot(error)}
          </p>
        )}
      </div>
    </>
  );
}

/** A portfolio made of an export in one step: counted as that was, with its accounts and all that is in them. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { addFromExport, portfolioKeys } from "../../../api/portfolios";
import { Field, TextField } from "../../../components/Field";
import { whyNot } from "../../../lib/refusal";
import { tabPath } from "../address";
import styles from "./forms.module.css";

export function FromExport() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const { mutate, error, isPending } = useMutation({
    mutationFn: (file: File) => addFromExport(file, name.trim()),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: portfolioKeys.all });
      navigate(tabPath(id, ""));
    },
  });
  return (
    <section className={`${styles.form} ${styles.otherwise}`} aria-labelledby="from-export">
      <h2 id="from-export">Or bring one back</h2>
      <TextField label="Called" value={name} placeholder="As in the file" onChange={setName} />
      <Field
        label={isPending ? "Reading it…" : "The JSON that Openbell wrote"}
        error={error ? whyNot(error) : undefined}
        hint="With its accounts, transactions, prices by hand and thresholds"
      >
        {(tied) => (
          <input
            {...tied}
            type="file"
            accept=".json,application/json"
            disabled={isPending}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) mutate(file);
              event.target.value = "";
            }}
          />
        )}
      </Field>
    </section>
  );
}

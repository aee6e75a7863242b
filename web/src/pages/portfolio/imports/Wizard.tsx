/** What becomes of an uploaded file, as far as it has been decided; each decision is shown at once. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { Choices, Portfolio } from "../../../api/desk";
import { bookImport, previewQuery, ROWS } from "../../../api/imports";
import { portfolioKeys } from "../../../api/portfolios";
import { Problem } from "../../../api/problem";
import { Button } from "../../../components/Button";
import { Notice, Trouble } from "../../../components/Notice";
import { Skeleton } from "../../../components/Skeleton";
import { whyNot } from "../../../lib/refusal";
import { say } from "../../../lib/toast";
import { changed, tabPath, wholeOf } from "../address";
import {
  bookText,
  broughtText,
  countsText,
  fresh,
  furthest,
  intoText,
  type Question,
  STEPS,
  type Step,
  stepAt,
  stepsOf,
  withAnswered,
} from "./choices";
import styles from "./Import.module.css";
import { MapStep } from "./MapStep";
import { MatchStep } from "./MatchStep";
import { PreviewStep } from "./PreviewStep";
import { Reconcile } from "./Reconcile";
import { Stepper } from "./Stepper";
import { useUndo } from "./undo";

interface WizardProps {
  portfolio: Portfolio;
  upload: string;
  file: string;
}

export function Wizard({ portfolio, upload, file }: WizardProps) {
  const [params, setParams] = useSearchParams();
  const [choices, setChoices] = useState(() => fresh(file));
  // What was answered can be looked at, and answered otherwise, until one goes on.
  const [answered, setAnswered] = useState<readonly Question[]>([]);
  const [before, setBefore] = useState<Choices | null>(null);
  const offset = ((wholeOf(params.get("page")) ?? 1) - 1) * ROWS;
  const told = useQuery(previewQuery(portfolio.id, upload, choices, offset));
  const anew = tabPath(portfolio.id, "import", params);
  const book = useBooking(portfolio, upload);
  const preview = told.data;
  const startAnew = () => {
    setChoices(fresh(file));
    setAnswered([]);
  };
  // Of what was asked last: an answer to what was decided before may not stand for it.
  if (told.error)
    return (
      <Refused error={told.error} anew={anew} onRetry={told.refetch}>
        {before && <Button onClick={() => setChoices(before)}>Take the last answer back</Button>}
        <Button onClick={startAnew}>Decide anew</Button>
      </Refused>
    );
  if (!preview) return <Skeleton height={420} />;
  const steps = stepsOf(preview, answered);
  const step = stepAt(preview, params.get("step"), answered);
  const end = STEPS.indexOf(furthest(preview));
  const to = (each: Step) => {
    if (each === "upload") return anew;
    return STEPS.indexOf(each) > end ? null : changed(params, { step: each, page: null });
  };
  // Whoever decides something stays where they decide, until they go on.
  const decide = (next: Choices) => {
    setBefore(choices);
    setChoices(next);
    setAnswered(withAnswered(answered, preview));
    if (params.get("step") !== step) setParams(changed(params, { step }), { replace: true });
  };
  const into = intoText(preview, portfolio.accounts);
  const next = steps[steps.indexOf(step) + 1];
  const ahead = next && to(next);
  return (
    <>
      <h1>
        {preview.broker ? `${file}: from ${preview.broker}` : file}
        {!preview.question && <span className="quiet"> · {countsText(preview.counts)}</span>}
      </h1>
      <Stepper steps={steps} step={step} to={to} />
      <div className={styles.step} aria-busy={told.isPlaceholderData}>
        {step === "map" && <MapStep preview={preview} answered={answered} choices={choices} onChange={decide} />}
        {step === "match" && <MatchStep portfolio={portfolio} preview={preview} choices={choices} onChange={decide} />}
        {step === "preview" && into && <p>{into}</p>}
        {step === "preview" && (
          <PreviewStep
            portfolio={portfolio}
            preview={preview}
            choices={choices}
            offset={offset}
            onChange={setChoices}
          />
        )}
      </div>
      {book.error && (
        <p role="alert" className={styles.wrong}>
          {whyNot(book.error)}
        </p>
      )}
      {step === "preview" && <Reconcile portfolio={portfolio} upload={upload} choices={choices} />}
      <div className={styles.actions}>
        {step === "preview" ? (
          <Button
            look="main"
            disabled={!preview.ready || book.isPending || told.isPlaceholderData}
            onClick={() => book.mutate(choices)}
          >
            {bookText(preview, portfolio.name)}
          </Button>
        ) : ahead ? (
          <Link className={styles.ahead} to={ahead}>
            Go on
          </Link>
        ) : (
          <Button look="main" disabled>
            Go on
          </Button>
        )}
        <Link to={anew}>Another file</Link>
      </div>
    </>
  );
}

/** Writes what the preview shows, and says how to take it back. */
function useBooking(portfolio: Portfolio, upload: string) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const undo = useUndo(portfolio);
  return useMutation({
    mutationFn: (choices: Parameters<typeof bookImport>[2]) => bookImport(portfolio.id, upload, choices),
    onSuccess: async (batch) => {
      await client.invalidateQueries({ queryKey: portfolioKeys.all });
      client.removeQueries({ queryKey: ["imports", "preview"] });
      navigate(`${tabPath(portfolio.id, "activity")}?batch=${batch.id}`);
      const text = `Imported from ${batch.file}: ${broughtText(batch.counts)}.`;
      say({ text, action: { label: "Undo", act: () => undo(batch, false) } });
    },
  });
}

interface RefusedProps {
  error: Error;
  anew: string;
  onRetry: () => void;
  /** What else can be done about it. */
  children: ReactNode;
}

function Refused({ error, anew, onRetry, children }: RefusedProps) {
  if (error instanceof Problem && error.field === "upload")
    return (
      <Notice whole title="The file is no longer here" action={<Link to={anew}>Choose it again</Link>}>
        <p>A file is kept for a day, and no longer than until it is imported.</p>
      </Notice>
    );
  return (
    <Trouble whole error={error} onRetry={onRetry}>
      {children}
      <Link to={anew}>Another file</Link>
    </Trouble>
  );
}

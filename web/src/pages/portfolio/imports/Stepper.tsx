import { Link } from "react-router";
import { STEP_NAMES, type Step } from "./choices";
import styles from "./Import.module.css";

interface StepperProps {
  steps: readonly Step[];
  step: Step;
  /** Where a step is; null: it cannot be gone to from here. */
  to: (step: Step) => string | null;
}

/** Where one is on the way, and the ways back. */
export function Stepper({ steps, step, to }: StepperProps) {
  return (
    <ol className={styles.steps} aria-label="Steps of the import">
      {steps.map((each, place) => {
        const target = each === step ? null : to(each);
        const text = `${place + 1} ${STEP_NAMES[each]}`;
        return (
          <li key={each} aria-current={each === step ? "step" : undefined}>
            {target === null ? text : <Link to={target}>{text}</Link>}
          </li>
        );
      })}
    </ol>
  );
}

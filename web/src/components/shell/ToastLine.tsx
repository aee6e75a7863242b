import { hush, useToast } from "../../lib/toast";
import { Button } from "../Button";
import styles from "./ToastLine.module.css";

/** `covered`: a dialog lies over the page, and a line that shines through it could not be read or taken. */
export function ToastLine({ covered }: { covered: boolean }) {
  const toast = useToast();
  const { label, act } = toast?.action ?? {};
  const undo = () => {
    act?.();
    hush();
  };
  return (
    <div role="status" className={styles.place}>
      {toast && !covered && (
        <div className={styles.toast}>
          {toast.text}
          {label && (
            <Button look="plain" onClick={undo}>
              {label}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

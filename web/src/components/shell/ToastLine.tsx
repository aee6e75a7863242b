import { hush, useToast } from "../../lib/toast";
import { Button } from "../Button";
import styles from "./ToastLine.module.css";

export function ToastLine() {
  const toast = useToast();
  const { label, act } = toast?.action ?? {};
  const undo = () => {
    act?.();
    hush();
  };
  return (
    <div role="status" className={styles.place}>
      {toast && (
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

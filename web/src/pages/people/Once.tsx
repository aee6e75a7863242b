/** What is told once: to be copied now, for nobody can tell it again. */

import { useRef, useState } from "react";
import { Button } from "../../components/Button";
import styles from "./Once.module.css";

interface OnceProps {
  label: string;
  /** One in a line. */
  text: string;
  children?: React.ReactNode;
}

export function Once({ label, text, children }: OnceProps) {
  const [copied, setCopied] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied("Copied.");
    } catch {
      // Only a page that came over TLS, or from this machine, may write to the clipboard.
      field.current?.select();
      setCopied("This browser does not let the page copy it: it is marked for you, press Ctrl+C.");
    }
  };
  return (
    <section className={styles.once} aria-label={label}>
      <textarea
        ref={field}
        className={styles.text}
        aria-label={label}
        readOnly
        rows={text.split("\n").length}
        value={text}
        spellCheck={false}
        onFocus={(event) => event.target.select()}
      />
      <div className={styles.row}>
        <Button look="main" onClick={copy}>
          Copy
        </Button>
        {children}
        <span role="status" className="quiet">
          {copied}
        </span>
      </div>
    </section>
  );
}

import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { Link } from "react-router";
import { look } from "../../api/login";
import { signOut } from "../../api/people";
import { ROLE_WORDS, useMe } from "../../lib/me";
import { whyNot } from "../../lib/refusal";
import { say } from "../../lib/toast";
import { Button } from "../Button";
import { Icon } from "../Icon";
import styles from "./PersonMenu.module.css";

const ID = "person-menu";

/** Who has signed in, and what is theirs; nothing where nobody needs to. */
export function PersonMenu() {
  const me = useMe();
  const menu = useRef<HTMLDivElement>(null);
  const { mutate, isPending } = useMutation({
    mutationFn: signOut,
    onSuccess: () => look(),
    onError: (error) => say({ text: `Not signed out. ${whyNot(error)}` }),
  });
  if (!me || me.open) return null;
  const close = () => menu.current?.hidePopover();
  return (
    <>
      <Button look="quiet" popoverTarget={ID} aria-label={`${me.name}, your account`} className={styles.who}>
        <Icon name="person" size={18} />
        <span className={styles.name}>{me.name}</span>
      </Button>
      <div ref={menu} id={ID} popover="auto" className={styles.menu}>
        <p className={styles.about}>
          <strong>{me.name}</strong>
          <span className="quiet">{ROLE_WORDS[me.role]}</span>
        </p>
        <Link to="/settings" onClick={close}>
          Settings
        </Link>
        {me.role === "owner" && (
          <Link to="/admin" onClick={close}>
            People
          </Link>
        )}
        <Button look="quiet" disabled={isPending} onClick={() => mutate()}>
          Sign out
        </Button>
      </div>
    </>
  );
}

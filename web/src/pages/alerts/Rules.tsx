import { Link, useNavigate } from "react-router";
import type { Channel, Rule, Watchlist } from "../../api/desk";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Notice } from "../../components/Notice";
import { Table } from "../../components/Table";
import { alertsPath, newAlertPath, symbolPath } from "../../lib/address";
import * as format from "../../lib/format";
import { useMay } from "../../lib/me";
import { beyondName } from "./beyond";
import { useRuleEdits } from "./edits";
import styles from "./Rules.module.css";
import { tells } from "./tells";

interface RulesProps {
  rules: readonly Rule[];
  lists: readonly Watchlist[];
  channels: readonly Channel[];
}

/** What is waited for. */
export function Rules({ rules, lists, channels }: RulesProps) {
  const navigate = useNavigate();
  const { toggle, remove } = useRuleEdits();
  const may = useMay("member");
  if (rules.length === 0) {
    return (
      <Notice
        title="No alert is set"
        action={
          may && (
            <Button look="main" onClick={() => navigate(newAlertPath())}>
              Make the first alert
            </Button>
          )
        }
      >
        An alert waits for a price, a move, an average or a silence, and tells you here and by the channels you choose.
      </Notice>
    );
  }
  return (
    <div className={styles.rules}>
      <Table
        caption="Alerts"
        pageSize={20}
        rows={[...rules].sort((one, other) => Number(one.over !== null) - Number(other.over !== null))}
        keyOf={({ id }) => id}
        columns={[
          {
            title: "On",
            show: (rule) => <Switch on={rule.enabled} name={rule.name} onSwitch={may ? () => toggle(rule) : null} />,
          },
          { title: "Alert", show: (rule) => <Named rule={rule} may={may} /> },
          { title: "Watches", show: (rule) => <Target rule={rule} lists={lists} /> },
          {
            title: "Tells",
            show: (rule) => <span className={styles.wrapped}>{tells(rule, channels)}</span>,
          },
          { title: "Edit", show: (rule) => <Edit rule={rule} may={may} onRemove={remove} /> },
        ]}
      />
    </div>
  );
}

/** What is one's own can be removed by whoever may only look by now. */
function Edit({ rule, may, onRemove }: { rule: Rule; may: boolean; onRemove: (rule: Rule) => void }) {
  return (
    <span className={styles.actions}>
      {may && (
        <Link className={styles.edit} to={editPath(rule)} aria-label={`Edit ${rule.name}`}>
          Edit
        </Link>
      )}
      <Button look="quiet" aria-label={`Remove ${rule.name}`} onClick={() => onRemove(rule)}>
        <Icon name="close" size={16} />
      </Button>
    </span>
  );
}

function editPath({ id }: Rule): string {
  return alertsPath({ channels: false, panel: { kind: "edit", rule: id } });
}

interface SwitchProps {
  on: boolean;
  name: string;
  /** Null: the reader may not. */
  onSwitch: (() => void) | null;
}

export function Switch({ on, name, onSwitch }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-label={name}
      className={styles.switch}
      disabled={!onSwitch}
      onClick={onSwitch ?? undefined}
    >
      <span />
    </button>
  );
}

const OVER = {
  fired: "It has fired and waits for nothing more. Switch it off and on to let it wait again.",
  ended: "It has ended and waits for nothing more.",
};

function Named({ rule, may }: { rule: Rule; may: boolean }) {
  return (
    <span className={styles.named} data-off={!rule.enabled || rule.over !== null || undefined}>
      {may ? <Link to={editPath(rule)}>{rule.name}</Link> : <strong>{rule.name}</strong>}
      <span className={styles.sentence}>{beyondName(rule)}</span>
      {rule.enabled && rule.over && <span className={styles.over}>{OVER[rule.over]}</span>}
      {rule.left_out && (
        <span className={styles.unknown}>{rule.left_out} Until it is there again, this waits for nothing.</span>
      )}
      {rule.unknown.length > 0 && (
        <span className={styles.unknown}>
          The desk has never heard of {rule.unknown.join(", ")}: this waits for{" "}
          {rule.condition.type === "FeedDown" ? "a feed" : "prices"} that may never come.
        </span>
      )}
    </span>
  );
}

function Target({ rule: { target, symbols }, lists }: { rule: Rule; lists: readonly Watchlist[] }) {
  if (!target) return <span className="quiet">The desk</span>;
  if (target.type === "Symbol") return <Link to={symbolPath(target.symbol)}>{target.symbol}</Link>;
  const count = <span className="quiet">{format.counted(symbols.length, "symbol")}</span>;
  if (target.type === "Held") return <span>Everything held, {count}</span>;
  const list = lists.find(({ id }) => String(id) === target.id);
  return list ? (
    <span>
      {list.name}, {count}
    </span>
  ) : (
    <span className="quiet">A list that is gone</span>
  );
}

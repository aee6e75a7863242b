import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { channelsQuery } from "../../api/alerts";
import { Field, TextField, Tick } from "../../components/Field";
import { alertsPath } from "../../lib/address";
import { READERS_ZONE, zoneName } from "../../lib/format";
import { isOfSymbols } from "./conditions";
import type { Form } from "./draft";
import type { Change } from "./RuleEditor";
import styles from "./RuleEditor.module.css";

interface MoreProps {
  form: Form;
  /** Whether the rule came with options, and whether one is wrong: either shows them. */
  begun: boolean;
  opened: boolean;
  errorAt: (...fields: string[]) => string | undefined;
  onChange: Change;
}

const ZONES = "time-zones";

/** What most rules leave as it is. */
export function More({ form, begun, opened, errorAt, onChange }: MoreProps) {
  const [wanted, setWanted] = useState(begun);
  return (
    <details className={styles.more} open={wanted || opened} onToggle={(event) => setWanted(event.currentTarget.open)}>
      <summary>More</summary>
      <div className={styles.options}>
        <Channels form={form} error={errorAt("channels")} onChange={onChange} />
        <TextField
          label="Hysteresis"
          unit="%"
          number
          value={form.hysteresis}
          error={errorAt("hysteresis_pct")}
          hint="How far it must come back before it may fire again."
          onChange={(hysteresis) => onChange({ hysteresis })}
        />
        <TextField
          label="Cool-down"
          unit="minutes"
          number
          value={form.cooldown}
          error={errorAt("cooldown_min")}
          hint="How long it stays silent after it has fired."
          onChange={(cooldown) => onChange({ cooldown })}
        />
        <TextField
          label="Ends"
          type="datetime-local"
          value={form.expires}
          error={errorAt("expires")}
          hint={`On your clock, ${zoneName(READERS_ZONE)}. Empty: never.`}
          onChange={(expires) => onChange({ expires })}
        />
        {isOfSymbols(form.type) && (
          <Tick
            label="Only in regular trading hours"
            checked={form.session}
            onChange={(session) => onChange({ session })}
          />
        )}
        <QuietHours form={form} error={errorAt("quiet")} onChange={onChange} />
        <Field
          label="Message"
          error={errorAt("message")}
          hint={
            <>
              Empty: the usual words. It may name{" "}
              {FIELDS.map((field) => (
                <code key={field} className={styles.named}>{`{${field}}`}</code>
              ))}
            </>
          }
        >
          {(tied) => (
            <textarea
              {...tied}
              rows={2}
              value={form.message}
              placeholder="{symbol} is at {price}"
              onChange={(event) => onChange({ message: event.target.value })}
            />
          )}
        </Field>
      </div>
    </details>
  );
}

const FIELDS = ["symbol", "price", "level", "reference", "change", "value", "at", "rule"];

interface PartProps {
  form: Form;
  error: string | undefined;
  onChange: Change;
}

function QuietHours({ form, error, onChange }: PartProps) {
  return (
    <fieldset className={styles.set}>
      <legend className="aside">Quiet hours</legend>
      <Tick
        label="Quiet hours: told when they are over"
        checked={form.quiet}
        onChange={(quiet) => onChange({ quiet })}
      />
      {form.quiet && (
        <>
          <TextField
            label="From"
            type="time"
            value={form.quietStart}
            onChange={(quietStart) => onChange({ quietStart })}
          />
          <TextField label="To" type="time" value={form.quietEnd} onChange={(quietEnd) => onChange({ quietEnd })} />
          <TextField
            label="On the clock of"
            list={ZONES}
            value={form.quietZone}
            error={error}
            onChange={(quietZone) => onChange({ quietZone })}
          />
          <datalist id={ZONES}>
            {Intl.supportedValuesOf("timeZone").map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      )}
    </fieldset>
  );
}

function Channels({ form: { everywhere, channels: chosen }, error, onChange }: PartProps) {
  const channels = useQuery(channelsQuery()).data?.channels ?? [];
  const toggle = (id: number, on: boolean) =>
    onChange({ channels: on ? [...chosen, id] : chosen.filter((each) => each !== id) });
  return (
    <fieldset className={styles.set}>
      <legend className={styles.legend}>Told by</legend>
      {channels.length === 0 ? (
        <p className={styles.about}>
          This page only. <Link to={alertsPath({ channels: true, panel: null })}>Add a channel</Link>
        </p>
      ) : (
        <Tick
          label="All channels, and those to come"
          checked={everywhere}
          onChange={(all) => onChange({ everywhere: all, channels: all ? [] : channels.map(({ id }) => id) })}
        />
      )}
      {!everywhere &&
        channels.map(({ id, name, enabled }) => (
          <Tick
            key={id}
            label={enabled ? name : `${name} (switched off)`}
            checked={chosen.includes(id)}
            onChange={(on) => toggle(id, on)}
          />
        ))}
      {error && (
        <p role="alert" className={styles.error}>
          {error}
        </p>
      )}
    </fieldset>
  );
}

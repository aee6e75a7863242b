import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { addChannel, alertKeys, changeChannel, removeChannel } from "../../api/alerts";
import type { Channel } from "../../api/desk";
import { Button } from "../../components/Button";
import { ChoiceField, TextField } from "../../components/Field";
import { Panel } from "../../components/Panel";
import { askToNotify, useAllowed } from "../../lib/notices";
import { inWords, type Wrong, whyNot, wrongOf } from "../../lib/refusal";
import { say } from "../../lib/toast";
import styles from "./ChannelPanel.module.css";
import { type ChannelKind, type ConfigField, configOf, freshName, newSecret, withValue, wrongIn } from "./kinds";

interface ChannelPanelProps {
  kind: ChannelKind;
  channels: readonly Channel[];
  /** The channel that is changed; null: a new one. */
  channel: Channel | null;
  back: string;
}

/** A channel: where it goes, and what it needs for that. */
export function ChannelPanel({ kind, channels, channel, back }: ChannelPanelProps) {
  const [name, setName] = useState(channel?.name ?? "");
  const [values, setValues] = useState(() => begin(kind, channel));
  const [wrong, setWrong] = useState<readonly Wrong[]>([]);
  const { save, remove, busy } = useSave(kind, channel, back, (refusal) => setWrong([refusal]));
  const permission = useAllowed();
  const others = channels.filter(({ id }) => id !== channel?.id);
  const usualName = freshName(
    kind.title,
    others.map(({ name }) => name),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = wrongIn(kind.fields, values, channel?.config ?? {});
    setWrong(found);
    if (found.length === 0) save({ name: name.trim() || usualName, config: configOf(kind.fields, values) });
  };
  const errorAt = (name: string) => {
    const found = wrong.find(({ field }) => field === name);
    return found && inWords(found, kind.fields);
  };
  const placed = ["name", ...kind.fields.map((field) => field.name)];
  const elsewhere = wrong.find(({ field }) => !placed.includes(field));
  const title = channel ? `Change ${channel.name}` : `New channel: ${kind.title}`;
  return (
    <Panel title={title} back={back}>
      <p className={styles.about}>{kind.about}</p>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextField label="Name" value={name} placeholder={usualName} error={errorAt("name")} onChange={setName} />
        {kind.fields.map((field) => (
          <ConfigInput
            key={field.name}
            field={field}
            value={values[field.name] ?? ""}
            kept={channel ? String(channel.config[field.name] ?? "") : null}
            error={errorAt(field.name)}
            onChange={(value) => {
              setWrong((before) => before.filter((each) => each.field !== field.name));
              setValues((before) => withValue(before, field.name, value));
            }}
          />
        ))}
        {elsewhere && (
          <p role="alert" className={styles.error}>
            {elsewhere.what}
          </p>
        )}
        {kind.kind === "browser" && permission === "denied" && (
          <p className={styles.error}>
            This browser does not allow notifications of this page. Allow them in the settings of the page, which open
            beside its address.
          </p>
        )}
        <Button type="submit" look="main" disabled={busy}>
          {channel ? "Save" : kind.kind === "browser" && permission === "default" ? "Allow and add" : "Add"}
        </Button>
      </form>
      {channel && <Removal name={channel.name} onRemove={remove} />}
    </Panel>
  );
}

/** What the form begins with: secrets empty, for they stay as they are unless others are given. */
function begin({ fields, kind }: ChannelKind, channel: Channel | null): Record<string, string> {
  const fresh: Record<string, string> = kind === "webhook" && !channel ? { secret: newSecret() } : {};
  const kept = fields.map(({ name, of, initial }) => {
    const value = of === "secret" || !channel ? initial : String(channel.config[name] ?? initial);
    return [name, value] as const;
  });
  return { ...Object.fromEntries(kept), ...fresh };
}

function useSave(kind: ChannelKind, channel: Channel | null, back: string, onWrong: (wrong: Wrong) => void) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const done = (text: string) => {
    void client.invalidateQueries({ queryKey: alertKeys.all });
    navigate(back);
    say({ text });
  };
  const onError = (error: Error) => onWrong(wrongOf(error) ?? { field: "", what: whyNot(error) });
  const saved = useMutation({
    mutationFn: async (told: { name: string; config: Record<string, string | number> }) => {
      if (kind.kind === "browser") await askToNotify();
      return channel ? changeChannel(channel.id, told) : addChannel({ ...told, kind: kind.kind, enabled: true });
    },
    onSuccess: ({ name }) =>
      done(channel ? `${name} is saved.` : `${name} is added. Send a test to see whether it works.`),
    onError,
  });
  const removed = useMutation({
    mutationFn: (number: number) => removeChannel(number),
    onSuccess: () => done(`${channel?.name} is removed.`),
    onError,
  });
  return {
    save: saved.mutate,
    remove: () => channel && removed.mutate(channel.id),
    busy: saved.isPending || removed.isPending,
  };
}

interface ConfigInputProps {
  field: ConfigField;
  value: string;
  /** What is kept now, of a secret how it ends; null for a new channel. */
  kept: string | null;
  error: string | undefined;
  onChange: (value: string) => void;
}

function ConfigInput({ field: { label, of, placeholder, hint }, value, kept, error, onChange }: ConfigInputProps) {
  if (of !== "text" && of !== "secret" && of !== "port") {
    return <ChoiceField label={label} value={value} options={of} hint={hint} error={error} onChange={onChange} />;
  }
  const stays = of === "secret" && kept;
  return (
    <TextField
      label={label}
      value={value}
      number={of === "port"}
      type={label === "Password" ? "password" : "text"}
      placeholder={stays ? kept : placeholder}
      hint={stays ? "Stays as it is if left empty." : hint}
      error={error}
      onChange={onChange}
    />
  );
}

/** Its secrets cannot be brought back, so this is asked twice. */
function Removal({ name, onRemove }: { name: string; onRemove: () => void }) {
  const [sure, setSure] = useState(false);
  return (
    <section className={styles.removal} aria-label="Remove">
      {sure ? (
        <>
          <p className={styles.about}>
            The desk forgets its address and secrets; what was delivered stays in the log. To pause it, switch it off.
          </p>
          <Button onClick={onRemove}>Remove {name} for good</Button>
        </>
      ) : (
        <Button look="quiet" onClick={() => setSure(true)}>
          Remove…
        </Button>
      )}
    </section>
  );
}

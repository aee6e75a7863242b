/** What fired, in as many words as a reader can take at once. */

import type { Channel, Firing, Rule } from "../../api/desk";
import * as format from "../../lib/format";

export interface Told {
  /** The newest firing that it tells of. */
  id: number;
  text: string;
  /** The firing, where it tells of one only. */
  firing: number | null;
}

const MOST_SINGLY = 3;

/** All of `news`, the newest first, in one line; null where there are none. */
export function toldAtOnce(news: readonly Firing[]): Told | null {
  const [newest] = news;
  if (!newest) return null;
  return news.length === 1 ? one(newest) : { id: newest.id, text: fired(news.length, "alert"), firing: null };
}

/** The newest three of `news` each by itself and the others in one line, the oldest first. */
export function toldSingly(news: readonly Firing[]): Told[] {
  const singly = news.slice(0, MOST_SINGLY).map(one).reverse();
  const [newest, ...rest] = news.slice(MOST_SINGLY);
  if (!newest) return singly;
  return [{ id: newest.id, text: fired(rest.length + 1, "more alert"), firing: null }, ...singly];
}

/** Those of `news` that leave by a channel of the kind `browser`, by what their rules say. */
export function forBrowsers(
  news: readonly Firing[],
  rules: readonly Pick<Rule, "id" | "channels">[],
  channels: readonly Pick<Channel, "id" | "kind" | "enabled">[],
): Firing[] {
  const browsers = channels.filter(({ kind, enabled }) => kind === "browser" && enabled);
  const tell = rules.filter(({ channels: chosen }) => browsers.some(({ id }) => chosen?.includes(id) ?? true));
  const numbers = new Set(tell.map(({ id }) => id));
  return news.filter(({ rule }) => numbers.has(rule));
}

function one({ id, message }: Firing): Told {
  return { id, text: message, firing: id };
}

function fired(count: number, noun: string): string {
  return `${format.counted(count, noun)} fired`;
}

import { Fragment } from "react";

/** The desk's own words, in which commands stand between backticks. */
export function Words({ text }: { text: string }) {
  return text.split("`").map((part, place) => {
    const key = `${place}${part}`;
    return place % 2 === 1 ? <code key={key}>{part}</code> : <Fragment key={key}>{part}</Fragment>;
  });
}

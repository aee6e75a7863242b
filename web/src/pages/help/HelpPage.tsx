import type { Market } from "../../api/desk";
import { Appearance } from "../../components/Appearance";
import { KeyList } from "../../components/KeyList";
import { Skeleton } from "../../components/Skeleton";
import { MarketClock } from "../../components/shell/MarketClock";
import { useMarkets } from "../../components/shell/markets";
import * as format from "../../lib/format";
import { useTitle } from "../../lib/hooks";
import { offered } from "../../lib/indicators";
import styles from "./HelpPage.module.css";
import { COLUMNS } from "./words";

/** What do these words and figures mean, and when does the bell ring? */
export default function HelpPage() {
  useTitle("Help");
  const { demo, own, newYork } = useMarkets();
  return (
    <article className={styles.page}>
      <h1>Help</h1>
      <section>
        <h2>Market hours</h2>
        {demo && own.data && (
          <p className={styles.text}>
            <MarketClock market={own.data} at={own.dataUpdatedAt} />.
          </p>
        )}
        {newYork.data ? <Hours market={newYork.data} at={newYork.dataUpdatedAt} /> : <Skeleton height={160} />}
      </section>
      <section>
        <h2>Appearance</h2>
        <Appearance />
      </section>
      <section>
        <h2>What each column means</h2>
        <Words words={COLUMNS} />
      </section>
      <section>
        <h2>Indicators</h2>
        <Words words={offered([]).map(({ title, meaning }) => [title, meaning] as const)} />
      </section>
      <section>
        <h2>Keyboard</h2>
        <KeyList />
      </section>
      <section>
        <h2>About</h2>
        <p className={styles.text}>
          Openbell {own.data?.version} runs on your own machine and sends nothing anywhere but the questions you ask of
          the price sources. It shows prices; it gives no advice.
        </p>
        <p className={styles.text}>
          Charts are drawn by{" "}
          <a href="https://www.tradingview.com/lightweight-charts/">TradingView Lightweight Charts™</a>, Copyright ©
          TradingView, Inc., <a href="https://www.tradingview.com/">tradingview.com</a>, under the Apache License 2.0.
          The letters are Inter, under the SIL Open Font License 1.1.
        </p>
      </section>
    </article>
  );
}

function Hours({ market, at }: { market: Market; at: number }) {
  const { zone, open, close, upcoming } = market;
  return (
    <>
      <p className={styles.text}>
        <MarketClock market={market} at={at} />.
        {open &&
          close &&
          ` The session runs from ${format.clock(open, zone)} to ${format.clock(close, zone)} ${format.zoneName(zone)}, `}
        {open && close && `which is ${format.clock(open)} to ${format.clock(close)} where you are.`}
      </p>
      <dl className={styles.words}>
        {upcoming.map(({ date, kind, name, close: early }) => (
          <div key={date}>
            <dt>{format.weekdayOfYear(date)}</dt>
            <dd>
              {kind === "holiday" ? "Closed" : `Closes at ${format.clock(early, zone)}`}
              {name && `, ${name}`}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Words({ words }: { words: readonly (readonly [word: string, meaning: string])[] }) {
  return (
    <dl className={styles.words}>
      {words.map(([word, meaning]) => (
        <div key={word}>
          <dt>{word}</dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}

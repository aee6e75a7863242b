import { Link } from "react-router";
import { Problem } from "../../api/problem";
import { chooseTheme, useDark } from "../../lib/look";
import { useOverlays } from "../../lib/palette";
import { Button } from "../Button";
import { Icon } from "../Icon";
import { Simulated } from "../Simulated";
import { MarketClock } from "./MarketClock";
import { useMarkets } from "./markets";
import { PersonMenu } from "./PersonMenu";
import styles from "./TopLine.module.css";

/** Search, the market's clock, whether the desk answers, the theme, and who has signed in. */
export function TopLine() {
  const { search } = useOverlays();
  const { demo, own, newYork } = useMarkets();
  return (
    <header className={styles.top}>
      <Link to="/" className={styles.mark} aria-label="Openbell, home">
        <img src="/icon.svg" alt="" width={24} height={24} />
      </Link>
      <button type="button" className={styles.search} onClick={() => search()} aria-keyshortcuts="/ Control+K">
        <Icon name="search" size={18} />
        <span className={styles.wide}>Search symbols, pages, actions</span>
        <kbd className={styles.wide}>/</kbd>
        <span className={styles.narrow}>Search</span>
      </button>
      <div className={styles.state}>
        {demo && <Simulated />}
        <span className={styles.wide}>{own.data && <MarketClock market={own.data} at={own.dataUpdatedAt} />}</span>
        {demo && (
          <span className={styles.wider}>
            {newYork.data && <MarketClock market={newYork.data} at={newYork.dataUpdatedAt} />}
          </span>
        )}
        <Feed error={own.error} />
        <ThemeButton />
        <PersonMenu />
      </div>
    </header>
  );
}

/** Whether what is on the page is still being told. */
function Feed({ error }: { error: Error | null }) {
  const told = error instanceof Problem && error.status > 0 ? error.title : "Desk not answering";
  const hint = error instanceof Problem ? [error.detail, error.remedy].filter(Boolean).join(" ") : undefined;
  return (
    <span className={error ? styles.away : styles.live} role="status" title={hint}>
      <span className={error ? undefined : styles.wide}>{error ? told : "Live"}</span>
    </span>
  );
}

function ThemeButton() {
  const dark = useDark();
  const other = dark ? "light" : "dark";
  return (
    <Button look="quiet" aria-label={`Use the ${other} theme`} onClick={() => chooseTheme(other)}>
      <Icon name={dark ? "sun" : "moon"} size={18} />
    </Button>
  );
}

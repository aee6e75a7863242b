/** Around every page of a portfolio: which one it is, the ways to its other pages, and what is open beside it. */

import { type ReactNode, useEffect, useRef } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { Portfolio } from "../../api/desk";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Icon } from "../../components/Icon";
import { Select } from "../../components/Select";
import { useEdges, useKey } from "../../lib/hooks";
import { hideAmounts, useHiddenAmounts } from "../../lib/look";
import { useMay } from "../../lib/me";
import { beside, TAB_NAMES, TABS, type Tab, tabPath } from "./address";
import { Beside, hasPanel } from "./Beside";
import styles from "./Frame.module.css";
import { lookedAt } from "./last";

interface FrameProps {
  portfolio: Portfolio;
  portfolios: readonly Portfolio[];
  /** Null: a page that no tab leads to. */
  tab: Tab | null;
  children: ReactNode;
}

export function Frame({ portfolio, portfolios, tab, children }: FrameProps) {
  const [params] = useSearchParams();
  useEffect(() => lookedAt(portfolio.id), [portfolio.id]);
  const panel = hasPanel(params);
  const tabs = useRef<HTMLElement>(null);
  useEdges(tabs);
  return (
    <article className={styles.page} data-panel={panel || undefined}>
      <div className={styles.main}>
        <header className={styles.head}>
          <Chooser portfolio={portfolio} portfolios={portfolios} tab={tab} />
          <nav ref={tabs} aria-label="Pages of the portfolio">
            <Choice
              label="Pages of the portfolio"
              chosen={tab}
              options={TABS.filter((each) => each !== "import" || portfolio.right !== "read").map((each) => ({
                value: each,
                label: TAB_NAMES[each],
                to: tabPath(portfolio.id, each, params),
              }))}
            />
          </nav>
          <div className={styles.tools}>
            <HideButton />
            {portfolio.right !== "read" && <AddButton />}
            <Link className={styles.settings} to={beside(params, { settings: "" })} aria-label="Portfolio settings">
              <Icon name="more" />
            </Link>
          </div>
        </header>
        {children}
      </div>
      {panel && <Beside portfolio={portfolio} params={params} />}
    </article>
  );
}

function Chooser({ portfolio, portfolios, tab }: Pick<FrameProps, "portfolio" | "portfolios" | "tab">) {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const may = useMay("member");
  const goTo = (value: string) =>
    navigate(value === NEW ? beside(params, { new: "" }) : tabPath(Number(value), tab ?? "", params));
  const options = portfolios.map((each) => ({ value: String(each.id), label: calledIn(each) }));
  return (
    <Select
      label="Portfolio"
      value={String(portfolio.id)}
      options={may ? [...options, { value: NEW, label: "New portfolio…" }] : options}
      onChoose={goTo}
    />
  );
}

const NEW = "new";

/** Several people may call theirs alike. */
function calledIn({ name, owner }: Portfolio): string {
  return owner === null ? name : `${name} · ${owner}`;
}

/** Blurs amounts, for a reader who is not alone; `x` does the same. */
function HideButton() {
  const hidden = useHiddenAmounts();
  const turn = () => hideAmounts(!hidden);
  useKey("x", turn);
  return (
    <Button look="quiet" aria-pressed={hidden} aria-label="Hide amounts" title="Hide amounts (x)" onClick={turn}>
      <Icon name={hidden ? "hidden" : "eye"} />
    </Button>
  );
}

function AddButton() {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  return (
    <Button onClick={() => navigate(beside(params, { add: "buy" }))}>
      <Icon name="plus" size={16} /> <span className={styles.word}>Transaction</span>
    </Button>
  );
}

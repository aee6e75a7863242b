import type { Watchlist } from "../../api/desk";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { movedBy, movedTo } from "../../lib/moving";
import styles from "./Arrange.module.css";

interface ArrangeProps {
  list: Watchlist;
  onArrange: (next: (symbols: string[]) => string[], moved: string) => void;
  onRemove: (symbol: string) => void;
  onDone: () => void;
}

/** The symbols of a list with buttons that move them: for fingers, and for whoever does not drag. */
export default function Arrange({ list: { name, symbols }, onArrange, onRemove, onDone }: ArrangeProps) {
  const [first = ""] = symbols;
  return (
    <div className={styles.frame}>
      <p className={styles.head}>
        <span className="quiet">The order of {name}</span>
        <Button look="main" onClick={onDone}>
          Done
        </Button>
      </p>
      <ol>
        {symbols.map((symbol) => {
          const move = (places: number) => onArrange((all) => movedBy(all, symbol, places) ?? all, symbol);
          const [isFirst, isLast] = [symbol === first, symbol === symbols.at(-1)];
          return (
            <li key={symbol} className={styles.item}>
              <span className={styles.symbol}>{symbol}</span>
              <Button
                look="quiet"
                aria-label={`Move ${symbol} to the top`}
                disabled={isFirst}
                onClick={() => onArrange((all) => movedTo(all, symbol, first), symbol)}
              >
                Top
              </Button>
              <Button look="quiet" aria-label={`Move ${symbol} up`} disabled={isFirst} onClick={() => move(-1)}>
                <Icon name="up" size={18} />
              </Button>
              <Button look="quiet" aria-label={`Move ${symbol} down`} disabled={isLast} onClick={() => move(1)}>
                <Icon name="chevron" size={18} />
              </Button>
              <Button look="quiet" aria-label={`Remove ${symbol}`} onClick={() => onRemove(symbol)}>
                <Icon name="close" size={16} />
              </Button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

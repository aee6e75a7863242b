import type { Watchlist } from "../../api/desk";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { movedBy, movedTo } from "../../lib/moving";
import styles from "./Arrange.module.css";

interface ArrangeProps {
  list: Watchlist;
  onArrange: (symbols: string[], moved: string) => void;
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
          const [up, down] = [movedBy(symbols, symbol, -1), movedBy(symbols, symbol, 1)];
          return (
            <li key={symbol} className={styles.item}>
              <span className={styles.symbol}>{symbol}</span>
              <Button
                look="quiet"
                aria-label={`Move ${symbol} to the top`}
                disabled={!up}
                onClick={() => onArrange(movedTo(symbols, symbol, first), symbol)}
              >
                Top
              </Button>
              <Button
                look="quiet"
                aria-label={`Move ${symbol} up`}
                disabled={!up}
                onClick={() => up && onArrange(up, symbol)}
              >
                <Icon name="up" size={18} />
              </Button>
              <Button
                look="quiet"
                aria-label={`Move ${symbol} down`}
                disabled={!down}
                onClick={() => down && onArrange(down, symbol)}
              >
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

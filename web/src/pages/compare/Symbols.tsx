import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { MOST_COMPARED } from "../../lib/address";
import { useOverlays } from "../../lib/palette";
import styles from "./Symbols.module.css";
import { colourOf } from "./views";

interface SymbolsProps {
  symbols: readonly string[];
  onChange: (symbols: string[]) => void;
}

/** The compared symbols, each with its line's colour. */
export function Symbols({ symbols, onChange }: SymbolsProps) {
  const { search } = useOverlays();
  const add = (symbol: string) => onChange([...new Set([...symbols, symbol])]);
  return (
    <ul className={styles.row} aria-label="Compared symbols">
      {symbols.map((symbol) => (
        <li key={symbol} className={styles.chip}>
          <span
            className={styles.swatch}
            style={{ background: `var(--line-${colourOf(symbol, symbols)})` }}
            aria-hidden="true"
          />
          {symbol}
          <button
            type="button"
            className={styles.remove}
            aria-label={`Remove ${symbol}`}
            onClick={() => onChange(symbols.filter((each) => each !== symbol))}
          >
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
      <li>
        <Button
          look="quiet"
          disabled={symbols.length >= MOST_COMPARED}
          title={symbols.length >= MOST_COMPARED ? "Eight is the most one can tell apart" : undefined}
          onClick={() => search({ title: "Add to the comparison", pick: add, has: symbols, fresh: true })}
        >
          <Icon name="plus" size={16} /> Add
        </Button>
      </li>
    </ul>
  );
}

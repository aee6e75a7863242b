import {
  chooseMoves,
  chooseTheme,
  hideAmounts,
  MOVES,
  MOVES_MEANINGS,
  MOVES_NAMES,
  THEME_NAMES,
  THEMES,
  useHiddenAmounts,
  useMoves,
  useTheme,
} from "../lib/look";
import styles from "./Appearance.module.css";
import { Button } from "./Button";

/** The theme, and the colours of rise and fall, in this browser. */
export function Appearance() {
  const theme = useTheme();
  const moves = useMoves();
  const hidden = useHiddenAmounts();
  return (
    <>
      <fieldset className={styles.choices}>
        <legend>Theme</legend>
        {THEMES.map((each) => (
          <Button key={each} look="quiet" aria-pressed={theme === each} onClick={() => chooseTheme(each)}>
            {THEME_NAMES[each]}
          </Button>
        ))}
      </fieldset>
      <fieldset className={styles.choices}>
        <legend>Rise and fall</legend>
        {MOVES.map((each) => (
          <Button key={each} look="quiet" aria-pressed={moves === each} onClick={() => chooseMoves(each)}>
            {MOVES_NAMES[each]}
          </Button>
        ))}
      </fieldset>
      <p className={styles.hint}>{MOVES_MEANINGS[moves]}</p>
      <fieldset className={styles.choices}>
        <legend>Amounts</legend>
        <Button look="quiet" aria-pressed={!hidden} onClick={() => hideAmounts(false)}>
          Shown
        </Button>
        <Button look="quiet" aria-pressed={hidden} onClick={() => hideAmounts(true)}>
          Blurred
        </Button>
      </fieldset>
      <p className={styles.hint}>For a screen that others see: what you hold is blurred, and percentages stay.</p>
    </>
  );
}

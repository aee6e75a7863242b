/** Who asks the palette for what: to go somewhere, or to pick a symbol for a list or a comparison. */

import { createContext, useContext } from "react";

export interface Pick {
  /** What the picked symbol is for: `Add to First list`. */
  title: string;
  pick: (ticker: string) => void;
  /** What is there already, and so is offered last. */
  has?: readonly string[];
  /** Whether what has no new prices is offered last, and not unless it is asked for. */
  fresh?: boolean;
}

interface Overlays {
  /** Opens the palette; with `pick`, only to choose a symbol. */
  search: (pick?: Pick) => void;
  shortcuts: () => void;
}

export const OverlaysContext = createContext<Overlays>({ search: () => {}, shortcuts: () => {} });

export function useOverlays(): Overlays {
  return useContext(OverlaysContext);
}

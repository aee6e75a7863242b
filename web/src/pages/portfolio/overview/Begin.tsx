import { Empty } from "../Empty";
import type { PortfolioPageProps } from "../props";

/** Nothing has happened yet: what makes something happen. */
export function Begin({ portfolio }: PortfolioPageProps) {
  return (
    <Empty whole portfolio={portfolio}>
      <p>Value, gains and returns are computed from its transactions, and each can be asked how.</p>
    </Empty>
  );
}

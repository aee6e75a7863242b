import type { Portfolio } from "../../api/desk";

export interface PortfolioPageProps {
  portfolio: Portfolio;
}

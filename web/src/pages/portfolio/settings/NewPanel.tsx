import { Panel } from "../../../components/Panel";
import { NewPortfolio } from "./NewPortfolio";

export default function NewPanel({ back }: { back: string }) {
  return (
    <Panel title="New portfolio" back={back}>
      <NewPortfolio />
    </Panel>
  );
}

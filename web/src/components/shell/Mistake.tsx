import { Component, type ReactNode } from "react";
import { Trouble } from "../Notice";

/** Keeps a page's mistake to that page: the rail and the search stay. */
export class Mistake extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return <Trouble whole error={error} onRetry={() => window.location.reload()} />;
  }
}

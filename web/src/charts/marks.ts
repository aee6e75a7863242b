/** Marks below the bars of a chart: letters in circles, several that would touch told as one. */

import type { SeriesMarker, Time } from "lightweight-charts";
import { clustered, type Mark } from "./columns";
import { asTime } from "./Stage";

/** Half the width of a mark and its letter, in pixels. */
const MARK_PX = 7;

interface Placing {
  /** The times of the bars, on the chart's clock. */
  wall: readonly number[];
  /** How many pixels a bar takes. */
  spacing: number;
  color: string;
  /** Whether those at the edges are moved in, where half of one would be cut off. */
  inside: boolean;
}

export function markersOf(marks: readonly Mark[], { wall, spacing, color, inside }: Placing): SeriesMarker<Time>[] {
  const edge = Math.ceil(MARK_PX / spacing);
  const fits = inside && wall.length > 2 * edge;
  const placed = (index: number) => (fits ? Math.max(edge, Math.min(index, wall.length - 1 - edge)) : index);
  return clustered(marks, spacing).map(({ index, letter }) => ({
    time: asTime(wall[placed(index)] ?? 0),
    position: "belowBar",
    shape: "circle",
    color,
    text: letter,
  }));
}

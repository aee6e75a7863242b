/** Lists put in another order, by drag or by key. */

/** `items` with `item` in the place of `other`; the others close up. */
export function movedTo<Item>(items: readonly Item[], item: Item, other: Item): Item[] {
  return placed(items, item, items.indexOf(other));
}

/** `items` with `item` so many places further on; null where that is beyond an end. */
export function movedBy<Item>(items: readonly Item[], item: Item, places: number): Item[] | null {
  const place = items.indexOf(item) + places;
  return place < 0 || place >= items.length ? null : placed(items, item, place);
}

function placed<Item>(items: readonly Item[], item: Item, place: number): Item[] {
  const rest = items.filter((each) => each !== item);
  return [...rest.slice(0, place), item, ...rest.slice(place)];
}

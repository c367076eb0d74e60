// Keeps a list still under the eyes of the one who reads it: what is new waits behind a chip, what
// no longer fits stays where it was, marked. Only what is already there is renewed in place.

export interface Row<T> {
  item: T;
  /** It no longer fits the filter; it stays until the list is let go. */
  gone: boolean;
}

export interface Reconciled<T> {
  rows: Row<T>[];
  /** How many new ones wait. */
  waiting: number;
}

/** The list as it may be shown when nobody holds it. */
export function free<T>(fetched: readonly T[]): Reconciled<T> {
  return { rows: fetched.map((item) => ({ item, gone: false })), waiting: 0 };
}

/** The list as it may be shown while held: `held` are the rows at the time of holding. What follows
 *  the last held one is an earlier page that was asked for, and is appended. */
export function held<T extends { id: string }>(before: readonly Row<T>[], fetched: readonly T[]): Reconciled<T> {
  const known = new Map(fetched.map((item) => [item.id, item]));
  const rows = before.map((row) => {
    const renewed = known.get(row.item.id);
    return renewed ? { item: renewed, gone: false } : { item: row.item, gone: true };
  });
  const shown = new Set(before.map((row) => row.item.id));
  const lastHeld = fetched.findLastIndex((item) => shown.has(item.id));
  const fresh = fetched.slice(0, lastHeld + 1).filter((item) => !shown.has(item.id));
  const earlier = lastHeld < 0 ? [] : fetched.slice(lastHeld + 1);
  const waiting = lastHeld < 0 ? fetched.length : fresh.length;
  return { rows: [...rows, ...earlier.map((item) => ({ item, gone: false }))], waiting };
}

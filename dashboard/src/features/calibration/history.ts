// What was done, so that it can be undone. Small steps of one gesture (a drag, a key held down, a
// number being typed) are undone together.

export interface History<T> {
  past: readonly T[];
  present: T;
  future: readonly T[];
  /** What the last step was part of. */
  gesture: string | undefined;
}

/** More steps back than anybody remembers. */
const LIMIT = 200;

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], gesture: undefined };
}

/** A step; it joins the last one when both are part of the same gesture. */
export function step<T>(history: History<T>, present: T, gesture?: string): History<T> {
  if (Object.is(present, history.present)) return history;
  const joins = gesture !== undefined && gesture === history.gesture;
  return { past: joins ? history.past : [...history.past, history.present].slice(-LIMIT), present, future: [], gesture };
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), present: before, future: [history.present, ...history.future], gesture: undefined };
}

export function redo<T>(history: History<T>): History<T> {
  const [after, ...future] = history.future;
  if (after === undefined) return history;
  return { past: [...history.past, history.present], present: after, future, gesture: undefined };
}

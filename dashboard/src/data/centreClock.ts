// The centre's time, so that ages are right on a workstation whose clock is not.

/** Answers carry whole seconds, and travel: below this the workstation's own clock is as good. */
const WORTH_MS = 2000;

let offsetMs = 0;

/** Takes the `Date` of an answer. */
export function learnClock(date: string | null, now: number = Date.now()): void {
  if (date === null) return;
  const theirs = Date.parse(date);
  if (Number.isNaN(theirs)) return;
  const offset = theirs + 500 - now;
  offsetMs = Math.abs(offset) < WORTH_MS ? 0 : offset;
}

/** Milliseconds since 1970 by the centre's clock. */
export function centreNow(): number {
  return Date.now() + offsetMs;
}

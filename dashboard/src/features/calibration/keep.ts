// What was drawn and not yet used, kept on this workstation until it is thrown away: nobody measures
// a road twice because a page was closed.
import type { CameraKey } from "@/data/cameras";
import type { Draft, Mark, Pair, RoadPair } from "./points";

const nameOf = ({ dev, cam }: CameraKey): string => `kerege.calibration.${dev}/${cam}`;

export function keepDraft(key: CameraKey, draft: Draft): void {
  try {
    localStorage.setItem(nameOf(key), JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing loses it with the page.
  }
}

export function forgetDraft(key: CameraKey): void {
  try {
    localStorage.removeItem(nameOf(key));
  } catch {
    // There was nothing to forget.
  }
}

/** What was kept; nothing when there is none, or it cannot be read. */
export function keptDraft(key: CameraKey): Draft | undefined {
  try {
    return readDraft(JSON.parse(localStorage.getItem(nameOf(key)) ?? "null"));
  } catch {
    return undefined;
  }
}

/** A draft out of what was stored; nothing when it is none. */
export function readDraft(stored: unknown): Draft | undefined {
  if (typeof stored !== "object" || stored === null) return undefined;
  const { unit, marks, valid } = stored as Record<string, unknown>;
  if ((unit !== "metres" && unit !== "lonlat") || !Array.isArray(marks) || !Array.isArray(valid)) return undefined;
  const read = marks.map(readMark);
  const corners = valid.map(readPair);
  if (read.includes(undefined) || corners.includes(undefined)) return undefined;
  return { unit, marks: read.filter((mark) => mark !== undefined), valid: corners.filter((corner) => corner !== undefined) };
}

function readMark(stored: unknown): Mark | undefined {
  if (typeof stored !== "object" || stored === null) return undefined;
  const { id, image, road } = stored as Record<string, unknown>;
  const place = readPair(image);
  return typeof id === "number" && place && Array.isArray(road) ? { id, image: place, road: readRoad(road) } : undefined;
}

function readPair(stored: unknown): Pair | undefined {
  if (!Array.isArray(stored)) return undefined;
  const [x, y] = stored as unknown[];
  return typeof x === "number" && typeof y === "number" ? [x, y] : undefined;
}

/** What is not known was stored as null. */
function readRoad([x, y]: readonly unknown[]): RoadPair {
  return [typeof x === "number" ? x : undefined, typeof y === "number" ? y : undefined];
}

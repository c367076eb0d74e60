// The points of a calibration while they are worked on, and what can be done to them. A place in the
// picture is 0..1 of the frame from the top left; on the road it is in the draft's unit, and unknown
// until somebody has measured it.
import type { Calibration, CalibrationQuestion, CalibrationReport, FrameSize, PointFit, RoadUnit } from "@/data/calibration";

export type Pair = readonly [number, number];
export type RoadPair = readonly [number | undefined, number | undefined];

export interface Mark {
  /** Tells it from the others for as long as it is worked on; never on the wire. */
  id: number;
  image: Pair;
  road: RoadPair;
}

export interface Draft {
  unit: RoadUnit;
  marks: readonly Mark[];
  /** The area drawn by hand in which the calibration holds; the points' hull when empty. */
  valid: readonly Pair[];
}

export const EMPTY: Draft = { unit: "metres", marks: [], valid: [] };

/** Finer than any click: a ten-thousandth of a pixel of the widest picture. */
const PLACES = 1e6;
/** Two numbers that went to the centre and came back are the same within this. */
const SAME = 1e-9;

/** What a scene holds, to begin with. */
export function draftOf(calibration: Calibration | undefined): Draft {
  if (!calibration) return EMPTY;
  return {
    unit: calibration.unit,
    marks: calibration.points.map(({ image, road }, index) => ({ id: index + 1, image: pairOf(image), road: pairOf(road) })),
    valid: (calibration.valid ?? []).map(pairOf),
  };
}

function pairOf([x = 0, y = 0]: readonly number[]): Pair {
  return [x, y];
}

/** A new point that nobody has measured yet, and its id. */
export function withMark(draft: Draft, image: Pair): { draft: Draft; id: number } {
  const id = 1 + Math.max(0, ...draft.marks.map((mark) => mark.id));
  return { draft: { ...draft, marks: [...draft.marks, { id, image: inFrame(image), road: [undefined, undefined] }] }, id };
}

export function withoutMark(draft: Draft, id: number): Draft {
  return { ...draft, marks: draft.marks.filter((mark) => mark.id !== id) };
}

export function placed(draft: Draft, id: number, image: Pair): Draft {
  return { ...draft, marks: draft.marks.map((mark) => (mark.id === id ? { ...mark, image: inFrame(image) } : mark)) };
}

/** Moves a point by so many pixels of a picture of a size. */
export function moved(draft: Draft, id: number, [dx, dy]: Pair, size: FrameSize): Draft {
  const mark = draft.marks.find((each) => each.id === id);
  return mark ? placed(draft, id, [mark.image[0] + dx / size.width, mark.image[1] + dy / size.height]) : draft;
}

/** Sets one road coordinate; `undefined` for one that is not known. */
export function measured(draft: Draft, id: number, axis: 0 | 1, value: number | undefined): Draft {
  const set = (road: RoadPair): RoadPair => (axis === 0 ? [value, road[1]] : [road[0], value]);
  return { ...draft, marks: draft.marks.map((mark) => (mark.id === id ? { ...mark, road: set(mark.road) } : mark)) };
}

/** Another unit: what was measured in the one means nothing in the other. */
export function inUnit(draft: Draft, unit: RoadUnit): Draft {
  if (unit === draft.unit) return draft;
  return { ...draft, unit, marks: draft.marks.map((mark) => ({ ...mark, road: [undefined, undefined] })) };
}

/** Holds a place within the picture, without digits that mean nothing. */
function inFrame([x, y]: Pair): Pair {
  const hold = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * PLACES) / PLACES;
  return [hold(x), hold(y)];
}

/** In pixels of the picture, from the top left. */
export function pixelsOf({ image: [x, y] }: Mark, size: FrameSize): Pair {
  return [x * size.width, y * size.height];
}

/** The points that have been measured: those without road coordinates make no calibration yet. */
export function calibrationOf(draft: Draft): Calibration {
  const points = draft.marks.flatMap(({ image, road: [x, y] }) => (x === undefined || y === undefined ? [] : [{ image: [...image], road: [x, y] }]));
  return { unit: draft.unit, points, ...(draft.valid.length > 0 ? { valid: draft.valid.map((corner) => [...corner]) } : {}) };
}

export function questionOf(draft: Draft, size: FrameSize): CalibrationQuestion {
  return { size, calibration: calibrationOf(draft) };
}

/** What a report says of a point as it is now; nothing when it has been moved since. */
export function fitOf(report: CalibrationReport | undefined, mark: Mark): PointFit | undefined {
  return report?.points.find((point) => isSame(point.image, mark.image) && isSame(point.road, mark.road));
}

/** The number, from 1, of the point that a report's number means; nothing when it has been moved since. */
export function numberOf(report: CalibrationReport, reported: number, draft: Draft): number | undefined {
  const point = report.points[reported - 1];
  const index = point ? draft.marks.findIndex((mark) => isSame(point.image, mark.image) && isSame(point.road, mark.road)) : -1;
  return index < 0 ? undefined : index + 1;
}

function isSame(a: readonly number[], b: RoadPair): boolean {
  return b.every((value, index) => value !== undefined && Math.abs(value - (a[index] ?? Number.NaN)) < SAME);
}

/** Numbers of the points that are new or moved, and how many are as they were before. */
export function differenceOf(draft: Draft, before: Draft): { changed: number[]; same: number } {
  const told = (mark: Mark): string => JSON.stringify([mark.image, mark.road]);
  const known = new Set(before.marks.map(told));
  const changed = draft.marks.flatMap((mark, index) => (draft.unit === before.unit && known.has(told(mark)) ? [] : [index + 1]));
  return { changed, same: draft.marks.length - changed.length };
}

/** Whether two drafts say the same. */
export function isEqual(a: Draft, b: Draft): boolean {
  const plain = ({ unit, marks, valid }: Draft): string => JSON.stringify([unit, marks.map(({ image, road }) => [image, road]), valid]);
  return plain(a) === plain(b);
}

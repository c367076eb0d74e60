// What a report means on the picture: a grid of the road in metres where the calibration holds, and
// where the map puts each point. Nothing is drawn outside, because nothing is claimed there.
import type { CalibrationReport } from "@/data/calibration";
import type { Point } from "@/components/picture/geometry";
import { inMetres } from "./metres";
import { fitPlane, inverse, project, type Plane } from "./plane";
import type { Pair } from "./points";

export interface GridLine {
  /** Ends in the picture, 0..1 of the frame. */
  from: Pair;
  to: Pair;
  /** The coordinate that is the same all along it, metres. */
  metres: number;
  /** Which one that is: `x` for a line that goes along y. */
  axis: "x" | "y";
}

export interface Ground {
  /** Metres between lines. */
  step: number;
  lines: readonly GridLine[];
  /** Where the map puts the points, in the report's order; nothing for one beyond the horizon. */
  places: readonly (Pair | undefined)[];
}

const STEPS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];
/** More lines than this hide the road. */
const MOST_LINES = 12;

/** Reads a report's map off its used points; nothing when they determine none. */
export function groundOf(report: CalibrationReport): Ground | undefined {
  const { width, height, pixel_aspect: aspect } = report.size;
  const pixels = ([x = 0, y = 0]: readonly number[]): Point => ({ x: x * width * aspect, y: y * height });
  const frame = ({ x, y }: Point): Pair => [x / (width * aspect), y / height];
  const road = inMetres(report.unit, report.points.map((point) => point.road));
  const pairs = report.points.flatMap(({ image, used }, index) => (used && road[index] ? [{ from: road[index], to: pixels(image) }] : []));
  const toPicture = fitPlane(pairs);
  const back = toPicture && pairs[0] && inverse(toPicture, pairs[0].to);
  if (!back) return undefined;
  const area = report.valid.map((corner) => project(back, pixels(corner))).filter((corner) => corner !== undefined);
  const places = road.map((point) => project(toPicture, point)).map((point) => point && frame(point));
  return { ...gridOf(toPicture, area, frame), places };
}

function gridOf(toPicture: Plane, area: readonly Point[], frame: (point: Point) => Pair): Pick<Ground, "step" | "lines"> {
  const extent = (["x", "y"] as const).map((axis) => spanOf(area.map((corner) => corner[axis])));
  const longest = Math.max(0, ...extent.map(([from, to]) => to - from));
  const step = STEPS.find((each) => longest / each <= MOST_LINES) ?? longest / MOST_LINES;
  const lines = (["x", "y"] as const).flatMap((axis) => {
    const [from, to] = spanOf(area.map((corner) => corner[axis]));
    const first = Math.ceil(from / step);
    const values = Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, index) => (first + index) * step);
    return values.flatMap((metres) => stretches(area, axis, metres).flatMap(([start, end]) => {
      const at = (other: number): Point => (axis === "x" ? { x: metres, y: other } : { x: other, y: metres });
      const [a, b] = [project(toPicture, at(start)), project(toPicture, at(end))];
      return a && b ? [{ from: frame(a), to: frame(b), metres, axis }] : [];
    }));
  });
  return { step, lines };
}

function spanOf(values: readonly number[]): [number, number] {
  return values.length === 0 ? [0, 0] : [Math.min(...values), Math.max(...values)];
}

/** Where a line of one coordinate runs within a polygon: from and to of the other coordinate. */
export function stretches(area: readonly Point[], axis: "x" | "y", value: number): [number, number][] {
  const other = axis === "x" ? "y" : "x";
  const crossings = area.flatMap((a, index) => {
    const b = area[(index + 1) % area.length];
    if (!b || (a[axis] <= value) === (b[axis] <= value)) return [];
    return [a[other] + ((value - a[axis]) / (b[axis] - a[axis])) * (b[other] - a[other])];
  }).sort((a, b) => a - b);
  return Array.from({ length: Math.floor(crossings.length / 2) }, (_, index) => [crossings[2 * index] ?? 0, crossings[2 * index + 1] ?? 0]);
}

// Whether points lie in a row, to say in words why the centre refuses them. It decides; this explains.
import type { Calibration, FrameSize } from "@/data/calibration";
import type { Point } from "@/components/picture/geometry";
import { inMetres } from "./metres";

/** Nearer to a line than this share of the points' extent is on it, as the centre has it. */
const TOLERANCE = 1e-3;

/** Where no four of the points form a quadrangle without three corners in a row. */
export function rowOf({ points, unit }: Calibration, size: FrameSize): "picture" | "road" | undefined {
  const picture = points.map(({ image: [x = 0, y = 0] }) => ({ x: x * size.width * size.pixel_aspect, y: y * size.height }));
  if (!spansPlane(picture)) return "picture";
  return spansPlane(inMetres(unit, points.map((point) => point.road))) ? undefined : "road";
}

function spansPlane(points: readonly Point[]): boolean {
  const [first] = points;
  if (!first) return false;
  const tolerance = TOLERANCE * Math.max(...points.map((point) => Math.hypot(point.x - first.x, point.y - first.y)));
  const apart = (a: Point, b: Point, c: Point): boolean => Math.abs((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)) > tolerance * Math.hypot(b.x - a.x, b.y - a.y);
  return points.some((a, i) => points.slice(i + 1).some((b, j) => points.slice(i + j + 2).some((c, k) =>
    apart(a, b, c) && points.slice(i + j + k + 3).some((d) => apart(a, b, d) && apart(b, c, d) && apart(a, c, d)))));
}

// What the fake centre says of a calibration: as the real one's fit does in the plain cases, a single
// wrong point among them. The real one is Rust and is tested there.
import type { components } from "../../src/data/schema";
import { inMetres } from "../../src/features/calibration/metres.ts";
import { fitPlane, inverse, project, type Plane, type PointPair } from "../../src/features/calibration/plane.ts";

type Schemas = components["schemas"];
export type Question = Schemas["CalibrationQuestion"];
type Spot = PointPair["from"];

const GOOD_POINTS = 6;
const MAX_METRES_PER_PIXEL = 0.25;

/** A report, or why there is none. */
export function reportOf({ size, calibration }: Question): Schemas["CalibrationReport"] | string {
  const { points, unit } = calibration;
  const road = inMetres(unit, points.map((point) => point.road));
  const pairs = points.map(({ image: [x = 0, y = 0] }, index): PointPair => ({ from: road[index] ?? { x: 0, y: 0 }, to: { x: x * size.width * size.pixel_aspect, y: y * size.height } }));
  if (pairs.length < 4) return `${pairs.length} points are too few: give at least 4, better 6 or more, spread over the road that is seen`;
  const out = wrongOne(pairs, Math.max(3, size.height * 0.01));
  const used = pairs.filter((_, index) => index !== out);
  const plane = fitPlane(used);
  const back = plane && used[0] && inverse(plane, used[0].to);
  if (!plane || !back) return "the points determine no plane: they lie in a row";
  const fits = points.map((point, index): Schemas["PointFit"] => {
    const pair = pairs[index] ?? { from: { x: 0, y: 0 }, to: { x: 0, y: 0 } };
    const others = fitPlane(used.filter((each) => each !== pair));
    const without = others && inverse(others, pair.to);
    return {
      image: point.image, road: point.road, used: index !== out, residual_px: apart(project(plane, pair.from), pair.to), residual_m: apart(project(back, pair.to), pair.from),
      ...(index !== out && without ? { left_out_m: apart(project(without, pair.to), pair.from) } : {}),
    };
  });
  const kept = fits.filter((fit) => fit.used);
  const leftOut = kept.flatMap((fit) => fit.left_out_m ?? []);
  const findings: Schemas["Finding"][] = [...(out < 0 ? [] : [{ code: "point_left_out" as const, point: out + 1 }]), ...(kept.length < GOOD_POINTS ? [{ code: "error_unknown" as const }] : [])];
  return {
    v: 1, size, unit, verdict: findings.length > 0 ? "usable" : "good", findings, points: fits,
    rms_px: rms(kept.map((fit) => fit.residual_px)), rms_m: rms(kept.map((fit) => fit.residual_m)), ...(leftOut.length > 0 ? { left_out_rms_m: rms(leftOut) } : {}),
    relative_error: kept.length === 4 ? 0.02 : 0.01, valid: hull(kept.map((fit) => fit.image)), valid_share: 0.3, speed_share: 0.9, max_metres_per_pixel: MAX_METRES_PER_PIXEL, resolution: [],
  };
}

/** The point without which the others fit best, when there is one that does not fit; -1 for none. */
function wrongOne(pairs: readonly PointPair[], tolerance: number): number {
  const worst = (plane: Plane | undefined, of: readonly PointPair[]): number => (plane ? Math.max(...of.map((pair) => apart(project(plane, pair.from), pair.to))) : Infinity);
  if (pairs.length < 5 || worst(fitPlane(pairs), pairs) <= tolerance) return -1;
  const without = pairs.map((_, index) => pairs.filter((__, other) => other !== index)).map((others) => worst(fitPlane(others), others));
  return without.indexOf(Math.min(...without));
}

function apart(a: Spot | undefined, b: Spot): number {
  return a ? Math.hypot(a.x - b.x, a.y - b.y) : 1e9;
}

function rms(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length));
}

/** Convex hull by Andrew's monotone chain. */
function hull(points: readonly (readonly number[])[]): number[][] {
  const sorted = points.map(([x = 0, y = 0]): [number, number] => [x, y]).sort(([ax, ay], [bx, by]) => ax - bx || ay - by);
  const half = (row: readonly [number, number][]): [number, number][] => row.reduce<[number, number][]>((chain, point) => {
    const turns = (a: [number, number], b: [number, number]): boolean => (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) <= 0;
    const kept = [...chain];
    for (let [a, b] = kept.slice(-2); a && b && turns(a, b); [a, b] = kept.slice(-2)) kept.pop();
    return [...kept, point];
  }, []);
  return [...half(sorted).slice(0, -1), ...half(sorted.reverse()).slice(0, -1)];
}

// The map from the road to the picture, for drawing only: what is claimed of a calibration is the
// centre's to say. The normalised direct linear transform, as the box fits it (Hartley and Zisserman,
// Multiple View Geometry, algorithm 4.2), by least squares.
import type { Point } from "@/components/picture/geometry";

/** A projective map of the plane, row by row; its depth is positive at the points it was fitted to. */
export type Plane = readonly [number, number, number, number, number, number, number, number, number];

export interface PointPair {
  from: Point;
  to: Point;
}

/** Fits the map from one plane to another; nothing when the points determine none. */
export function fitPlane(pairs: readonly PointPair[]): Plane | undefined {
  if (pairs.length < 4) return undefined;
  const [from, to] = [normalOf(pairs.map((pair) => pair.from)), normalOf(pairs.map((pair) => pair.to))];
  const system = Array.from({ length: 8 }, () => new Array<number>(9).fill(0));
  for (const pair of pairs) {
    const [a, b] = [project(from.there, pair.from), project(to.there, pair.to)];
    if (!a || !b) return undefined;
    addEquation(system, [a.x, a.y, 1, 0, 0, 0, -a.x * b.x, -a.y * b.x, b.x]);
    addEquation(system, [0, 0, 0, a.x, a.y, 1, -a.x * b.y, -a.y * b.y, b.y]);
  }
  const solved = solve(system);
  if (!solved) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = solved;
  return facing(product(to.back, product([a, b, c, d, e, f, g, h, 1], from.there)), pairs.map((pair) => pair.from));
}

/** Where a point goes; nothing for one on or beyond the horizon. */
export function project([a, b, c, d, e, f, g, h, i]: Plane, { x, y }: Point): Point | undefined {
  const depth = g * x + h * y + i;
  return depth > 0 ? { x: (a * x + b * y + c) / depth, y: (d * x + e * y + f) / depth } : undefined;
}

/** The map back, its depth positive where the points went. */
export function inverse([a, b, c, d, e, f, g, h, i]: Plane, at: Point): Plane | undefined {
  const back: Plane = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d];
  return a * back[0] + b * back[3] + c * back[6] === 0 ? undefined : facing(back, [at]);
}

/** The map with its depth positive at the points; nothing when they lie on both sides of the horizon. */
function facing(plane: Plane, points: readonly Point[]): Plane | undefined {
  const depths = points.map(({ x, y }) => plane[6] * x + plane[7] * y + plane[8]);
  if (depths.every((depth) => depth > 0)) return plane;
  if (depths.every((depth) => depth < 0)) return plane.map((value) => -value) as unknown as Plane;
  return undefined;
}

/** Shift and scale to mean 0 and mean distance √2, and back. */
function normalOf(points: readonly Point[]): { there: Plane; back: Plane } {
  const mean = (of: (point: Point) => number): number => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const spread = mean((point) => Math.hypot(point.x - x, point.y - y)) || 1;
  const s = Math.SQRT2 / spread;
  return { there: [s, 0, -s * x, 0, s, -s * y, 0, 0, 1], back: [1 / s, 0, x, 0, 1 / s, y, 0, 0, 1] };
}

function product(outer: Plane, inner: Plane): Plane {
  return Array.from({ length: 9 }, (_, index) => {
    const [row, column] = [Math.floor(index / 3), index % 3];
    return [0, 1, 2].reduce((sum, k) => sum + (outer[row * 3 + k] ?? 0) * (inner[k * 3 + column] ?? 0), 0);
  }) as unknown as Plane;
}

/** Adds an equation (eight coefficients and the right side) to the normal equations. */
function addEquation(system: number[][], row: readonly number[]): void {
  system.forEach((equation, i) => { row.forEach((value, j) => { equation[j] = (equation[j] ?? 0) + (row[i] ?? 0) * value; }); });
}

/** Solves eight equations by elimination with pivoting. */
function solve(system: number[][]): number[] | undefined {
  for (let column = 0; column < 8; column += 1) {
    const size = (row: number): number => Math.abs(system[row]?.[column] ?? 0);
    const pivot = Array.from({ length: 8 - column }, (_, index) => column + index).reduce((best, row) => (size(row) > size(best) ? row : best), column);
    const chosen = system[pivot];
    const swapped = system[column];
    if (!chosen || !swapped || size(pivot) < 1e-12) return undefined;
    system[pivot] = swapped;
    system[column] = chosen;
    const divisor = chosen[column] ?? 1;
    system.forEach((equation, row) => {
      if (row === column) return;
      const factor = (equation[column] ?? 0) / divisor;
      chosen.forEach((value, j) => { equation[j] = (equation[j] ?? 0) - factor * value; });
    });
  }
  return system.map((equation, row) => (equation[8] ?? 0) / (equation[row] ?? 1));
}

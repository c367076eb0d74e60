// Where things lie on a picture as it is shown. Wire points are 0..1 of the frame from the top left;
// directions are taken after scaling to shown pixels, where the shape of the frame is right.

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** A point of the wire in shown pixels. */
export function place([x, y]: readonly number[], size: Size): Point {
  return { x: (x ?? 0) * size.width, y: (y ?? 0) * size.height };
}

/** The `points` of an SVG polygon. */
export function outline(points: readonly (readonly number[])[], size: Size): string {
  return points.map((point) => place(point, size)).map((point) => `${round(point.x)},${round(point.y)}`).join(" ");
}

export function centroid(points: readonly (readonly number[])[], size: Size): Point {
  const placed = points.map((point) => place(point, size));
  const sum = placed.reduce((total, point) => ({ x: total.x + point.x, y: total.y + point.y }), { x: 0, y: 0 });
  return { x: sum.x / Math.max(1, placed.length), y: sum.y / Math.max(1, placed.length) };
}

/** Unit vector of the forward crossing of a line a→b: from its left to its right, standing at a and
 *  looking to b, as seen in the picture (whose y grows downwards). */
export function forwardOf(a: Point, b: Point): Point {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  // Adding zero turns a negative zero into a plain one.
  return { x: -(b.y - a.y) / length + 0, y: (b.x - a.x) / length + 0 };
}

/** An arrow head with its tip at `tip`, pointing along the unit vector `along`. */
export function arrowHead(tip: Point, along: Point, length: number): string {
  const across = { x: -along.y, y: along.x };
  const base = { x: tip.x - along.x * length, y: tip.y - along.y * length };
  const half = length * 0.45;
  const corners = [tip, { x: base.x + across.x * half, y: base.y + across.y * half }, { x: base.x - across.x * half, y: base.y - across.y * half }];
  return corners.map((corner) => `${round(corner.x)},${round(corner.y)}`).join(" ");
}

/** Unit vector from one point to another. */
export function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

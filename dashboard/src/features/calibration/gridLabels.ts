// Where the grid's numbers stand: just outside of the lines' ends, on the side where they have most
// room, never over a point or over one another.
import { place, towards, type Point, type Size } from "@/components/picture/geometry";
import type { GridLine } from "./ground";

export interface GridLabel {
  at: Point;
  text: string;
}

/** In shown pixels: from the end of the line, between labels, from what they must not cover. */
const AWAY = 15;
const APART = 30;
const CLEAR = 26;
const MARGIN = 12;

/** `taken` are places, in shown pixels, that must stay in sight. */
export function gridLabels(lines: readonly GridLine[], size: Size, taken: readonly Point[]): GridLabel[] {
  const labels: GridLabel[] = [];
  for (const axis of ["y", "x"] as const) {
    const own = lines.filter((line) => line.axis === axis);
    const sides = [own.map((line) => [line.to, line.from] as const), own.map((line) => [line.from, line.to] as const)].map((ends) =>
      ends.map(([from, to]) => outside(place(from, size), place(to, size))));
    const [side = []] = sides.sort((a, b) => lengthOf(b) - lengthOf(a));
    side.forEach((at, index) => {
      const inside = at.x > MARGIN && at.y > MARGIN && at.x < size.width - MARGIN && at.y < size.height - MARGIN;
      const free = inside && labels.every((label) => distance(label.at, at) >= APART) && taken.every((point) => distance(point, at) >= CLEAR);
      if (free) labels.push({ at, text: `${axis} ${Math.round((own[index]?.metres ?? 0) * 10) / 10}` });
    });
  }
  return labels;
}

function outside(from: Point, end: Point): Point {
  const along = towards(from, end);
  return { x: end.x + along.x * AWAY, y: end.y + along.y * AWAY };
}

function lengthOf(points: readonly Point[]): number {
  return points.reduce((sum, point, index) => sum + (index === 0 ? 0 : distance(point, points[index - 1] ?? point)), 0);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

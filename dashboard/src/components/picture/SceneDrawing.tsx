// The scene over a picture: counting lines with the way they count, lanes with their direction, zones.
import type { ReactNode } from "react";
import { useWord } from "@/i18n/text";
import { arrowHead, centroid, forwardOf, outline, place, towards, type Point, type Size } from "./geometry";
import styles from "./draw.module.css";

type Coordinates = readonly number[];

/** What is drawn; the shape of the wire's scene, as far as a picture needs it. */
export interface Drawing {
  line: readonly { id: string; a: Coordinates; b: Coordinates; forward: string; backward: string }[];
  lane: readonly { id: string; polygon: readonly Coordinates[]; centre: readonly Coordinates[]; live: boolean }[];
  zone: readonly { id: string; kind: string; polygon: readonly Coordinates[] }[];
}

/** Below this shown width, names of directions would cover the picture. */
const ROOM_FOR_NAMES = 420;

export function SceneDrawing({ drawing, size }: { drawing: Drawing; size: Size }): ReactNode {
  const word = useWord();
  return (
    <g>
      {drawing.zone.map((zone) => (
        <g key={zone.id}>
          <polygon className={styles["zone"]} points={outline(zone.polygon, size)} />
          <Label at={centroid(zone.polygon, size)}>{`${zone.id} · ${word("zone", zone.kind)}`}</Label>
        </g>
      ))}
      {drawing.lane.map((lane) => <LaneShape key={lane.id} lane={lane} size={size} />)}
      {drawing.line.map((line) => <LineShape key={line.id} line={line} size={size} />)}
    </g>
  );
}

function LaneShape({ lane, size }: { lane: Drawing["lane"][number]; size: Size }): ReactNode {
  const centre = lane.centre.map((point) => place(point, size));
  const tip = centre.at(-1);
  const before = centre.at(-2);
  return (
    <g>
      <polygon className={styles["lane"]} points={outline(lane.polygon, size)} data-live={lane.live} />
      <polyline className={styles["centre"]} points={outline(lane.centre, size)} />
      {tip && before && <polygon className={styles["laneArrow"]} points={arrowHead(tip, towards(before, tip), 11)} />}
      {centre[0] && <Label at={centre[0]}>{lane.id}</Label>}
    </g>
  );
}

function LineShape({ line, size }: { line: Drawing["line"][number]; size: Size }): ReactNode {
  const a = place(line.a, size);
  const b = place(line.b, size);
  const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  const forward = forwardOf(a, b);
  const away = (distance: number): Point => ({ x: middle.x + forward.x * distance, y: middle.y + forward.y * distance });
  const names = size.width >= ROOM_FOR_NAMES;
  return (
    <g data-line={line.id}>
      <line className={styles["lineUnder"]} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
      <line className={styles["line"]} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
      <polygon className={styles["lineArrow"]} points={arrowHead(away(17), forward, 14)} />
      <Label at={{ x: a.x, y: a.y - 8 }}>{line.id}</Label>
      {names && <Label at={away(32)} small>{line.forward}</Label>}
      {names && <Label at={away(-18)} small>{line.backward}</Label>}
    </g>
  );
}

function Label({ at, small = false, children }: { at: Point; small?: boolean; children: string }): ReactNode {
  return <text className={small ? `${styles["label"] ?? ""} ${styles["small"] ?? ""}` : styles["label"]} x={at.x} y={at.y} textAnchor="middle" dominantBaseline="middle">{children}</text>;
}

// Over the still: where the calibration holds, the road's grid in metres, and from each point that is
// off a line to where the map puts it.
import type { ReactNode } from "react";
import { outline, place, type Point, type Size } from "@/components/picture/geometry";
import type { CalibrationReport } from "@/data/calibration";
import type { Ground } from "./ground";
import { gridLabels } from "./gridLabels";
import type { Draft } from "./points";
import styles from "./GroundDrawing.module.css";

/** A shorter line, in shown pixels, would hide under its handle. */
const VISIBLE = 3;

interface GroundDrawingProps {
  report: CalibrationReport;
  ground: Ground | undefined;
  grid: "shown" | "hidden";
  /** Whose points must stay in sight. */
  draft: Draft;
  size: Size;
}

export function GroundDrawing({ report, ground, grid, draft, size }: GroundDrawingProps): ReactNode {
  return (
    <g>
      <polygon className={styles["areaUnder"]} points={outline(report.valid, size)} />
      <polygon className={styles["area"]} points={outline(report.valid, size)} />
      {ground && grid === "shown" && <Grid ground={ground} draft={draft} size={size} />}
      {ground && report.points.map((point, index) => <Residual key={point.image.join()} from={point.image} to={ground.places[index]} used={point.used} size={size} />)}
    </g>
  );
}

function Grid({ ground, draft, size }: { ground: Ground; draft: Draft; size: Size }): ReactNode {
  // A handle, and the number at its upper right.
  const taken = draft.marks.flatMap(({ image }): Point[] => {
    const at = place(image, size);
    return [at, { x: at.x + 20, y: at.y - 14 }];
  });
  return (
    <>
      {ground.lines.map(({ from, to, metres, axis }) => {
        const [a, b] = [place(from, size), place(to, size)];
        return (
          <g key={`${axis}${metres}/${from.join()}`} data-grid={axis}>
            <line className={styles["gridUnder"]} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
            <line className={styles["grid"]} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
          </g>
        );
      })}
      {gridLabels(ground.lines, size, taken).map(({ at, text }) => <text key={text} className={styles["label"]} x={at.x} y={at.y} textAnchor="middle" dominantBaseline="middle">{text}</text>)}
    </>
  );
}

function Residual({ from, to, used, size }: { from: readonly number[]; to: readonly number[] | undefined; used: boolean; size: Size }): ReactNode {
  if (!to) return null;
  const [a, b] = [place(from, size), place(to, size)];
  if (Math.hypot(b.x - a.x, b.y - a.y) < VISIBLE) return null;
  return (
    <g data-used={used}>
      <line className={styles["offUnder"]} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
      <line className={styles["off"]} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
      <path className={styles["cross"]} d={`M${b.x - 6} ${b.y - 6}l12 12m0-12l-12 12`} />
    </g>
  );
}

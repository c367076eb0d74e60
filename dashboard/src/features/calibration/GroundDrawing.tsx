// Over the still: where the calibration holds, the road's grid in metres, and from each point that is
// off a line to where the map puts it.
import type { ReactNode } from "react";
import { outline, place, type Size } from "@/components/picture/geometry";
import type { CalibrationReport } from "@/data/calibration";
import type { Ground } from "./ground";
import styles from "./GroundDrawing.module.css";

/** A shorter line, in shown pixels, would hide under its handle. */
const VISIBLE = 3;

export function GroundDrawing({ report, ground, size }: { report: CalibrationReport; ground: Ground | undefined; size: Size }): ReactNode {
  return (
    <g>
      <polygon className={styles["areaUnder"]} points={outline(report.valid, size)} />
      <polygon className={styles["area"]} points={outline(report.valid, size)} data-testid="calibration-area" />
      {ground?.lines.map(({ from, to, metres, axis }) => {
        const [a, b] = [place(from, size), place(to, size)];
        // Numbers of y stand at the left ends, those of x at the near ones.
        const label = axis === "y" ? (a.x < b.x ? a : b) : (a.y > b.y ? a : b);
        return (
          <g key={`${axis}${metres}/${from.join()}`} data-grid={axis}>
            <line className={styles["gridUnder"]} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
            <line className={styles["grid"]} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
            <text className={styles["label"]} x={label.x} y={label.y} dx={axis === "y" ? -5 : 0} dy={axis === "x" ? 12 : 0} textAnchor={axis === "y" ? "end" : "middle"} dominantBaseline="middle">{`${axis} ${Math.round(metres * 10) / 10}`}</text>
          </g>
        );
      })}
      {ground && report.points.map((point, index) => <Residual key={point.image.join()} from={point.image} to={ground.places[index]} used={point.used} size={size} />)}
    </g>
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

// The road users of an event over its still: drawn from the event, never burnt in.
import type { ReactNode } from "react";
import { useWord } from "@/i18n/text";
import type { Size } from "./geometry";
import styles from "./draw.module.css";

export interface BoxedObject {
  track: string;
  class: string;
  /** x1, y1, x2, y2; 0..1 of the frame. */
  box: readonly number[];
}

export function ObjectBoxes({ objects, size, labels }: { objects: readonly BoxedObject[]; size: Size; labels: "full" | "none" }): ReactNode {
  const word = useWord();
  return objects.map(({ track, class: kind, box }) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box;
    const frame = { x: x1 * size.width, y: y1 * size.height, width: Math.max(0, x2 - x1) * size.width, height: Math.max(0, y2 - y1) * size.height };
    const labelY = frame.y > 20 ? frame.y - 8 : frame.y + frame.height + 14;
    // Towards the middle of the picture, so that the label is not cut off at its edge.
    const left = frame.x + frame.width / 2 < size.width / 2;
    return (
      <g key={track} data-track={track}>
        <rect className={styles["boxUnder"]} {...frame} rx="2" />
        <rect className={styles["box"]} {...frame} rx="2" />
        {labels === "full" && <text className={styles["label"]} x={left ? frame.x : frame.x + frame.width} y={labelY} textAnchor={left ? "start" : "end"}>{`${word("class", kind)} · ${track}`}</text>}
      </g>
    );
  });
}

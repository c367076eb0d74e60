// A point on the picture, dragged by its handle. The middle is open, so that the corner under it can be
// seen.
import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import type { FrameSize, PointFit } from "@/data/calibration";
import { useNumber, useText } from "@/i18n/text";
import { pixelsOf, type Mark, type Pair } from "./points";
import styles from "./PointsPicture.module.css";

/** Farther right than this, the number stands on the left, where the picture goes on. */
const NEAR_EDGE = 0.93;

interface HandleProps {
  mark: Mark;
  /** From 1, as it stands in the list. */
  number: number;
  size: FrameSize;
  chosen: boolean;
  fit: PointFit | undefined;
  /** A place of the screen in the picture. */
  placeOf: (clientX: number, clientY: number) => Pair | undefined;
  onChoose: () => void;
  onPlace: (image: Pair, gesture: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

interface Grip {
  /** From where it was taken hold of to its middle, so that it does not jump. */
  offset: Pair;
  gesture: string;
  pointer: number;
}

export function Handle({ mark, number, size, chosen, fit, placeOf, onChoose, onPlace, onKeyDown }: HandleProps): ReactNode {
  const text = useText();
  const format = useNumber();
  const grip = useRef<Grip>(undefined);
  const [x, y] = pixelsOf(mark, size);
  const take = (event: PointerEvent<HTMLButtonElement>): void => {
    onChoose();
    const at = placeOf(event.clientX, event.clientY);
    if (!at || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = { offset: [mark.image[0] - at[0], mark.image[1] - at[1]], gesture: `drag ${mark.id} ${event.timeStamp}`, pointer: event.pointerId };
  };
  const drag = (event: PointerEvent): void => {
    const held = grip.current;
    const at = placeOf(event.clientX, event.clientY);
    if (held?.pointer === event.pointerId && at) onPlace([at[0] + held.offset[0], at[1] + held.offset[1]], held.gesture);
  };
  const drop = (): void => { grip.current = undefined; };
  return (
    <button
      type="button" className={styles["handle"]} style={{ left: `${mark.image[0] * 100}%`, top: `${mark.image[1] * 100}%` }}
      data-chosen={chosen} data-side={mark.image[0] > NEAR_EDGE ? "left" : "right"} data-state={stateOf(mark, fit)} data-testid="calibration-handle" data-point={number}
      aria-pressed={chosen} aria-label={text("calibration.handle", { n: number, x: format(x), y: format(y) })}
      onPointerDown={take} onPointerMove={drag} onPointerUp={drop} onPointerCancel={drop} onClick={onChoose} onFocus={onChoose} onKeyDown={onKeyDown}
    >
      <span aria-hidden="true">{number}</span>
    </button>
  );
}

function stateOf({ road }: Mark, fit: PointFit | undefined): "unmeasured" | "left_out" | "used" {
  if (road[0] === undefined || road[1] === undefined) return "unmeasured";
  return fit?.used === false ? "left_out" : "used";
}

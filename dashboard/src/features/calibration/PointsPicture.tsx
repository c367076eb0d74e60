// The still with its points as handles, the area and the grid. A press on the picture adds a point.
import { useRef, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";
import { Picture } from "@/components/picture/Picture";
import type { CalibrationReport, FrameSize } from "@/data/calibration";
import { useText } from "@/i18n/text";
import { exactTime } from "@/i18n/time";
import { useZone } from "@/i18n/zone";
import type { Ground } from "./ground";
import { GroundDrawing } from "./GroundDrawing";
import { Handle } from "./Handle";
import { fitOf, type Draft, type Pair } from "./points";
import type { Still } from "./useStill";
import styles from "./PointsPicture.module.css";

const ARROWS: Record<string, Pair> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

interface PointsPictureProps {
  still: Still;
  draft: Draft;
  size: FrameSize;
  chosen: number | undefined;
  report: CalibrationReport | undefined;
  ground: Ground | undefined;
  grid: "shown" | "hidden";
  onAdd: (image: Pair) => void;
  onChoose: (id: number) => void;
  onRemove: (id: number) => void;
  onPlace: (id: number, image: Pair, gesture: string) => void;
  onNudge: (id: number, by: Pair) => void;
}

export function PointsPicture({ still, draft, size, chosen, report, ground, grid, onAdd, onChoose, onRemove, onPlace, onNudge }: PointsPictureProps): ReactNode {
  const text = useText();
  const zone = useZone();
  const layer = useRef<HTMLDivElement>(null);
  const placeOf = (clientX: number, clientY: number): Pair | undefined => {
    const box = layer.current?.getBoundingClientRect();
    return box && box.width > 0 && box.height > 0 ? [(clientX - box.left) / box.width, (clientY - box.top) / box.height] : undefined;
  };
  const add = (event: MouseEvent): void => {
    // Pressed by keyboard, it has no place: the point begins in the middle.
    onAdd((event.detail > 0 ? placeOf(event.clientX, event.clientY) : undefined) ?? [0.5, 0.5]);
  };
  /** Keys for a point: its own when its handle has the focus, else the chosen one's. */
  const press = (event: KeyboardEvent, id: number | undefined): void => {
    if (id === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const far = event.shiftKey ? 10 : 1;
    if (arrow) onNudge(id, [arrow[0] * far, arrow[1] * far]);
    else if (event.key === "Delete" || event.key === "Backspace") {
      onRemove(id);
      // The focus goes to a neighbour instead of getting lost.
      if (event.currentTarget.previousElementSibling instanceof HTMLElement) event.currentTarget.previousElementSibling.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <figure className={styles["figure"]}>
      <div className={styles["frame"]}>
        <Picture
          src={still.address} alt={still.alt} missing={still.missing} broken={text("still.failed")} testId="calibration-picture"
          overlay={report && ((shown) => <GroundDrawing report={report} ground={ground} grid={grid} draft={draft} size={shown} />)}
        />
        {still.address !== undefined && (
          <div ref={layer} className={styles["layer"]}>
            <button type="button" className={styles["surface"]} aria-label={text("calibration.add")} onClick={add} onKeyDown={(event) => { press(event, chosen); }} data-testid="calibration-add" />
            {draft.marks.map((mark, index) => (
              <Handle
                key={mark.id} mark={mark} number={index + 1} size={size} chosen={mark.id === chosen} fit={fitOf(report, mark)} placeOf={placeOf}
                onChoose={() => { onChoose(mark.id); }} onKeyDown={(event) => { press(event, mark.id); }}
                onPlace={(image, gesture) => { onPlace(mark.id, image, gesture); }}
              />
            ))}
          </div>
        )}
      </div>
      {still.captured !== undefined && <figcaption className={styles["age"]}>{text("calibration.still", { time: exactTime(Date.parse(still.captured), zone) })}. {text("camera.stillNotLive")}</figcaption>}
    </figure>
  );
}

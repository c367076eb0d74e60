// The workbench: the picture with its points, the list of them in numbers, what the centre says, and
// the file that comes of it.
import { Button, Switch } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import { useKeys } from "@/app/useKeys";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { Panel } from "@/components/Page";
import type { FrameSize } from "@/data/calibration";
import type { Camera } from "@/data/cameras";
import { useText } from "@/i18n/text";
import { ChosenPoint } from "./ChosenPoint";
import { FitReport } from "./FitReport";
import { groundOf } from "./ground";
import { calibrationOf, isEqual, moved, placed, withMark, withoutMark, type Draft, type Pair } from "./points";
import { PointsPicture } from "./PointsPicture";
import { PointsTable } from "./PointsTable";
import { TomlPanel } from "./TomlPanel";
import { useDraft } from "./useDraft";
import { useFit } from "./useFit";
import { useStill } from "./useStill";
import styles from "./CalibrationEditor.module.css";

interface CalibrationEditorProps {
  camera: Camera;
  size: FrameSize;
  /** What the scene holds. */
  before: Draft;
}

export function CalibrationEditor({ camera, size, before }: CalibrationEditorProps): ReactNode {
  const text = useText();
  const still = useStill(camera);
  const { draft, takenUp, change, undo, redo, startAgain } = useDraft(camera, before);
  const [chosen, setChosen] = useState<number>();
  const [grid, setGrid] = useState<"shown" | "hidden">("shown");
  const fit = useFit(camera, draft, size);
  const report = fit.state === "known" ? fit.report : undefined;
  const ground = useMemo(() => report && groundOf(report), [report]);
  useKeys({ "Ctrl+KeyZ": () => undo?.(), "Ctrl+Shift+KeyZ": () => redo?.(), "Ctrl+KeyY": () => redo?.() });

  const number = draft.marks.findIndex((mark) => mark.id === chosen) + 1;
  const mark = draft.marks[number - 1];
  const add = (image: Pair): void => {
    const added = withMark(draft, image);
    change(added.draft);
    setChosen(added.id);
  };
  const remove = (id: number): void => {
    change(withoutMark(draft, id));
    if (id === chosen) setChosen(undefined);
  };
  return (
    <div className={styles["grid"]} data-unit={draft.unit}>
      <div className={styles["left"]}>
        {takenUp && <Notice tone="plain" title={text("calibration.kept")} action={<Button variant="default" onClick={startAgain}>{text("calibration.startAgain")}</Button>} testId="calibration-kept">{text("calibration.kept.is")}</Notice>}
        <PointsPicture
          still={still} draft={draft} size={size} chosen={chosen} report={report} ground={ground} grid={grid}
          onAdd={add} onChoose={setChosen} onRemove={remove}
          onPlace={(id, image, gesture) => { change(placed(draft, id, image), gesture); }}
          onNudge={(id, by) => { change(moved(draft, id, by, size), `nudge ${id}`); }}
        />
        <div className={styles["tools"]}>
          <div className={styles["buttons"]}>
            <Button variant="default" size="xs" leftSection={<Icon name="undo" size={15} />} disabled={!undo} onClick={undo} data-testid="calibration-undo">{text("calibration.undo")}</Button>
            <Button variant="default" size="xs" leftSection={<Icon name="redo" size={15} />} disabled={!redo} onClick={redo} data-testid="calibration-redo">{text("calibration.redo")}</Button>
            <Button variant="default" size="xs" leftSection={<Icon name="renew" size={15} />} onClick={still.renew}>{text("calibration.newStill")}</Button>
            {!takenUp && !isEqual(draft, before) && <Button variant="subtle" size="xs" onClick={startAgain}>{text("calibration.startAgain")}</Button>}
          </div>
          {ground && <Switch label={text("calibration.grid", { step: ground.step })} checked={grid === "shown"} onChange={(event) => { setGrid(event.currentTarget.checked ? "shown" : "hidden"); }} data-testid="calibration-grid" />}
        </div>
        <p className={styles["quiet"]}>{text("calibration.hint")}</p>
        {mark && <ChosenPoint mark={mark} number={number} size={size} address={still.address} report={report} onRemove={() => { remove(mark.id); }} />}
      </div>
      <div className={styles["right"]}>
        <Panel title={text("calibration.result")} testId="calibration-result">
          <FitReport fit={fit} draft={draft} size={size} onShow={setChosen} onDropValid={draft.valid.length > 0 ? () => { change({ ...draft, valid: [] }); } : undefined} />
        </Panel>
        <PointsTable draft={draft} size={size} chosen={chosen} report={report} onChoose={setChosen} onRemove={remove} onChange={change} />
      </div>
      <div className={styles["file"]}><TomlPanel camera={camera} size={size} calibration={calibrationOf(draft)} draft={draft} before={before} unusable={report?.verdict === "unusable"} /></div>
    </div>
  );
}

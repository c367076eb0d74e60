// What comes of it: the centre cannot store a scene yet, so the calibration is handed over as the text
// that the scene's file takes.
import { Button } from "@mantine/core";
import { useRef, useState, type ReactNode } from "react";
import { Icon } from "@/components/Icon";
import { Panel } from "@/components/Page";
import { saveFile } from "@/components/saveFile";
import type { Calibration, FrameSize } from "@/data/calibration";
import type { Camera } from "@/data/cameras";
import { useText } from "@/i18n/text";
import { differenceOf, isEqual, type Draft } from "./points";
import { calibrationToml, pointsToml } from "./toml";
import styles from "./TomlPanel.module.css";

interface TomlPanelProps {
  camera: Camera;
  size: FrameSize;
  calibration: Calibration;
  draft: Draft;
  /** What the scene holds. */
  before: Draft;
  unusable: boolean;
}

export function TomlPanel({ camera, size, calibration, draft, before, unusable }: TomlPanelProps): ReactNode {
  const text = useText();
  const area = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState<{ toml: string; how: "copied" | "selected" }>();
  const toml = calibrationToml(calibration);
  const copyWord = copied?.toml !== toml ? "calibration.copy" : copied.how === "copied" ? "calibration.copied" : "calibration.selected";
  const { changed, same } = differenceOf(draft, before);
  const missing = draft.marks.length - calibration.points.length;
  const copy = async (): Promise<void> => {
    // Without a secure connection browsers have no clipboard for a page; the person's own keys always have.
    const done = await toClipboard(toml);
    if (!done) area.current?.select();
    setCopied({ toml, how: done ? "copied" : "selected" });
  };
  return (
    <Panel title={text("calibration.file")} testId="calibration-file">
      <p className={styles["quiet"]}>{text("calibration.file.why")}</p>
      <p>{isEqual(draft, before) ? text("calibration.file.same") : text("calibration.file.changed", { same, before: before.marks.length, changed: changed.join(", ") || "–" })}</p>
      {missing > 0 && <p className={styles["warning"]}>{text("calibration.file.missing", { n: missing })}</p>}
      {unusable && <p className={styles["warning"]}>{text("calibration.file.unusable")}</p>}
      <textarea ref={area} className={styles["toml"]} readOnly rows={Math.min(14, toml.split("\n").length)} value={toml} aria-label={text("calibration.file.text")} spellCheck={false} wrap="off" data-testid="calibration-toml" />
      <div className={styles["buttons"]}>
        <Button variant="default" leftSection={<Icon name="copy" size={16} />} onClick={() => void copy()} data-testid="calibration-copy">{text(copyWord)}</Button>
        <Button variant="default" leftSection={<Icon name="download" size={16} />} onClick={() => { saveFile(`${camera.dev}_${camera.cam}.calibration.toml`, "application/toml", pointsToml(calibration, size, text("calibration.file.about", { dev: camera.dev, cam: camera.cam }))); }} data-testid="calibration-download">{text("calibration.file.download")}</Button>
      </div>
      <p className={styles["quiet"]}>{text("calibration.file.note")}</p>
    </Panel>
  );
}

async function toClipboard(content: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(content);
    return true;
  } catch {
    return false;
  }
}

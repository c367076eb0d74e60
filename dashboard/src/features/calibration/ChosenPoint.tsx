// The chosen point from close by, and what is said of it: a corner is hit to the pixel only when one
// sees the pixels.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Icon } from "@/components/Icon";
import { Panel } from "@/components/Page";
import type { CalibrationReport, FrameSize, PointFit } from "@/data/calibration";
import { useText } from "@/i18n/text";
import { fitOf, pixelsOf, type Mark } from "./points";
import { useMetres, useOff } from "./useOff";
import styles from "./ChosenPoint.module.css";

/** Screen pixels for one of the picture. */
const ZOOM = 4;

interface ChosenPointProps {
  mark: Mark;
  number: number;
  size: FrameSize;
  address: string | undefined;
  report: CalibrationReport | undefined;
  onRemove: () => void;
}

export function ChosenPoint({ mark, number, size, address, report, onRemove }: ChosenPointProps): ReactNode {
  const text = useText();
  const [x, y] = pixelsOf(mark, size);
  const [width, height] = [size.width * size.pixel_aspect * ZOOM, size.height * ZOOM];
  return (
    <Panel
      title={text("calibration.pointTitle", { n: number })} testId="calibration-chosen"
      aside={<Button variant="subtle" size="xs" leftSection={<Icon name="close" size={15} />} onClick={onRemove}>{text("calibration.remove", { n: number })}</Button>}
    >
      <div className={styles["chosen"]}>
        {address !== undefined && (
          <div className={styles["loupe"]} role="img" aria-label={text("calibration.loupe", { n: number, zoom: ZOOM })}>
            <img src={address} alt="" width={width} height={height} style={{ width, height, translate: `${-x * size.pixel_aspect * ZOOM}px ${-y * ZOOM}px` }} />
          </div>
        )}
        <Words mark={mark} fit={fitOf(report, mark)} />
      </div>
    </Panel>
  );
}

function Words({ mark, fit }: { mark: Mark; fit: PointFit | undefined }): ReactNode {
  const text = useText();
  const measure = useMetres();
  const off = useOff();
  if (mark.road.includes(undefined)) return <p>{text("calibration.toMeasure")}</p>;
  if (!fit) return <p>{text("calibration.offUnknown")}</p>;
  const { metres, pixels } = off(fit);
  return (
    <div className={styles["words"]}>
      <p>{text("calibration.col.off")}: <strong>{metres}, {pixels}</strong>{!fit.used && <> · {text("calibration.leftOut")}</>}</p>
      {fit.used && <p>{fit.left_out_m === undefined ? text("calibration.withoutUnknown") : text("calibration.without", { off: measure(fit.left_out_m) })}</p>}
    </div>
  );
}

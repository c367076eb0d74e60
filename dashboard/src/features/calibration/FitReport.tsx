// What the centre says of the points: whether they can be used, how large the error is, what to do.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Facts } from "@/components/Facts";
import { FaultNotice } from "@/components/FaultNotice";
import { Notice } from "@/components/Notice";
import type { CalibrationReport, FrameSize } from "@/data/calibration";
import { useNumber, useText } from "@/i18n/text";
import { Findings } from "./Findings";
import { calibrationOf, type Draft } from "./points";
import { rowOf } from "./row";
import type { Fit } from "./useFit";
import { useMetres, useOff } from "./useOff";
import styles from "./FitReport.module.css";

interface FitReportProps {
  fit: Fit;
  draft: Draft;
  size: FrameSize;
  onShow: (id: number) => void;
  /** There only where an area was drawn by hand. */
  onDropValid: (() => void) | undefined;
}

export function FitReport({ fit, draft, size, onShow, onDropValid }: FitReportProps): ReactNode {
  const text = useText();
  if (fit.state === "too_few") return <Notice tone="plain" title={text("calibration.tooFew", { n: fit.missing })} testId="calibration-too-few">{text("calibration.tooFew.do")}</Notice>;
  if (fit.state === "asking") return <p className={styles["quiet"]} role="status">{text("calibration.asking")}</p>;
  if (fit.state === "fault") {
    const { fault } = fit;
    return fault.kind === "refused" && fault.status === 400 ? <Refused draft={draft} size={size} detail={fault.detail} /> : <FaultNotice fault={fault} onRetry={fit.retry} />;
  }
  const { report, current } = fit;
  return (
    <div className={styles["report"]} data-current={current} aria-busy={!current} data-testid="calibration-report" data-verdict={report.verdict}>
      <p className={styles["verdict"]} data-verdict={report.verdict} role="status">
        <strong>{text(`verdict.${report.verdict}`)}</strong> <span>{current ? text(`verdict.${report.verdict}.means`) : text("calibration.asking")}</span>
      </p>
      <Findings report={report} draft={draft} onShow={onShow} />
      <Figures report={report} />
      {onDropValid && <Button variant="default" size="xs" onClick={onDropValid}>{text("calibration.dropValid")}</Button>}
    </div>
  );
}

/** Why these points make no calibration; the centre's own words only where ours do not tell. */
function Refused({ draft, size, detail }: { draft: Draft; size: FrameSize; detail: string | undefined }): ReactNode {
  const text = useText();
  const row = rowOf(calibrationOf(draft), size);
  const title = row === undefined ? "calibration.refused" : row === "picture" ? "calibration.refused.picture" : "calibration.refused.road";
  return (
    <Notice tone="warning" title={text(title)} testId="calibration-refused">
      <p>{text("calibration.refused.do")}</p>
      {row === undefined && detail !== undefined && <p className={styles["quiet"]}>{text("calibration.centreSays", { detail })}</p>}
    </Notice>
  );
}

function Figures({ report }: { report: CalibrationReport }): ReactNode {
  const text = useText();
  const number = useNumber();
  const metres = useMetres();
  const off = useOff()({ residual_m: report.rms_m, residual_px: report.rms_px });
  return (
    <Facts facts={[
      { name: text("calibration.error"), value: <span data-testid="calibration-error">{report.relative_error > 1 ? text("calibration.errorOver") : text("calibration.errorIs", { percent: number(report.relative_error * 100, 1) })}</span> },
      { name: text("calibration.rms"), value: `${off.metres}, ${off.pixels}` },
      { name: text("calibration.leftOutRms"), value: report.left_out_rms_m === undefined ? undefined : metres(report.left_out_rms_m) },
      { name: text("calibration.validShare"), value: text("calibration.validShareIs", { percent: number(report.valid_share * 100) }) },
      { name: text("calibration.speedShare"), value: text("calibration.speedShareIs", { percent: number(report.speed_share * 100), m: number(report.max_metres_per_pixel, 2) }) },
    ]} />
  );
}

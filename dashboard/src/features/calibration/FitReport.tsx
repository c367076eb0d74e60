// What the centre says of the points: whether they can be used, how large the error is, what to do.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Facts } from "@/components/Facts";
import { FaultNotice } from "@/components/FaultNotice";
import { Notice } from "@/components/Notice";
import type { CalibrationReport } from "@/data/calibration";
import { useNumber, useText } from "@/i18n/text";
import { Findings } from "./Findings";
import type { Draft } from "./points";
import type { Fit } from "./useFit";
import { useOff } from "./useOff";
import styles from "./FitReport.module.css";

interface FitReportProps {
  fit: Fit;
  draft: Draft;
  onShow: (id: number) => void;
  /** There only where an area was drawn by hand. */
  onDropValid: (() => void) | undefined;
}

export function FitReport({ fit, draft, onShow, onDropValid }: FitReportProps): ReactNode {
  const text = useText();
  if (fit.state === "too_few") return <Notice tone="plain" title={text("calibration.tooFew", { n: fit.missing })} testId="calibration-too-few">{text("calibration.tooFew.do")}</Notice>;
  if (fit.state === "asking") return <p className={styles["quiet"]} role="status">{text("calibration.asking")}</p>;
  if (fit.state === "fault") {
    if (fit.fault.kind !== "refused" || fit.fault.status !== 400) return <FaultNotice fault={fit.fault} onRetry={fit.retry} />;
    return (
      <Notice tone="warning" title={text("calibration.refused")} testId="calibration-refused">
        <p>{text("calibration.refused.do")}</p>
        {fit.fault.detail !== undefined && <p className={styles["quiet"]}>{text("calibration.centreSays", { detail: fit.fault.detail })}</p>}
      </Notice>
    );
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

function Figures({ report }: { report: CalibrationReport }): ReactNode {
  const text = useText();
  const number = useNumber();
  const off = useOff();
  return (
    <Facts facts={[
      { name: text("calibration.error"), value: <span data-testid="calibration-error">{text("calibration.errorIs", { percent: number(report.relative_error * 100, 1) })}</span> },
      { name: text("calibration.rms"), value: off({ residual_m: report.rms_m, residual_px: report.rms_px }) },
      { name: text("calibration.leftOutRms"), value: report.left_out_rms_m === undefined ? undefined : text("calibration.metres", { m: number(report.left_out_rms_m, 2) }) },
      { name: text("calibration.validShare"), value: text("calibration.validShareIs", { percent: number(report.valid_share * 100) }) },
      { name: text("calibration.speedShare"), value: text("calibration.speedShareIs", { percent: number(report.speed_share * 100), m: number(report.max_metres_per_pixel, 2) }) },
    ]} />
  );
}

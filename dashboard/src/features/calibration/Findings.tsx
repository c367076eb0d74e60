// What would make a calibration better, the gravest first, with the remedy.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { LEAST_POINTS, type CalibrationReport, type Finding } from "@/data/calibration";
import { useNumber, useText } from "@/i18n/text";
import { numberOf, type Draft } from "./points";
import { useMetres } from "./useOff";
import styles from "./Findings.module.css";

interface FindingsProps {
  report: CalibrationReport;
  draft: Draft;
  onShow: (id: number) => void;
}

export function Findings({ report, draft, onShow }: FindingsProps): ReactNode {
  const text = useText();
  if (report.findings.length === 0) return null;
  return (
    <div className={styles["findings"]}>
      <h3>{text("calibration.todo")}</h3>
      <ul>{report.findings.map((finding) => <Item key={`${finding.code}/${finding.point ?? 0}`} finding={finding} report={report} draft={draft} onShow={onShow} />)}</ul>
    </div>
  );
}

function Item({ finding, report, draft, onShow }: FindingsProps & { finding: Finding }): ReactNode {
  const text = useText();
  const format = useNumber();
  const metres = useMetres();
  const number = finding.point === undefined ? undefined : numberOf(report, finding.point, draft);
  // It was about a point that has been moved since; the next answer tells anew.
  if (finding.point !== undefined && number === undefined) return null;
  const mark = number === undefined ? undefined : draft.marks[number - 1];
  const off = report.points[(finding.point ?? 0) - 1]?.residual_m ?? 0;
  const ambiguous = finding.code === "point_left_out" && report.points.filter((point) => point.used).length <= LEAST_POINTS;
  return (
    <li className={styles["finding"]} data-testid="calibration-finding" data-code={finding.code} data-point={number}>
      <p className={styles["title"]}>{text(`finding.${finding.code}`, { n: number ?? 0, off: metres(off) })}</p>
      <p>{text(`finding.${finding.code}.do`, { max: format(report.max_metres_per_pixel, 2) })}{ambiguous && <> {text("finding.point_left_out.maybe")}</>}</p>
      {mark && <Button variant="default" size="xs" onClick={() => { onShow(mark.id); }}>{text("calibration.show", { n: number ?? 0 })}</Button>}
    </li>
  );
}

// The points in numbers: where each is in the picture and on the road, and how far off.
import { ActionIcon, SegmentedControl } from "@mantine/core";
import type { ReactNode } from "react";
import { Empty } from "@/components/Empty";
import { Icon } from "@/components/Icon";
import { Panel } from "@/components/Page";
import type { CalibrationReport, FrameSize, PointFit, RoadUnit } from "@/data/calibration";
import type { MessageId } from "@/i18n/messages";
import { useText } from "@/i18n/text";
import { NumberField } from "./NumberField";
import { fitOf, inUnit, measured, pixelsOf, placed, type Draft, type Mark } from "./points";
import { useOff } from "./useOff";
import styles from "./PointsTable.module.css";

interface PointsTableProps {
  draft: Draft;
  size: FrameSize;
  chosen: number | undefined;
  report: CalibrationReport | undefined;
  onChoose: (id: number) => void;
  onRemove: (id: number) => void;
  onChange: (draft: Draft, gesture?: string) => void;
}

/** Names of the road's coordinates, and the digits after the point that mean something. */
const ROAD: Record<RoadUnit, { names: readonly [MessageId, MessageId]; digits: number }> = {
  metres: { names: ["calibration.col.metresX", "calibration.col.metresY"], digits: 3 },
  lonlat: { names: ["calibration.col.lon", "calibration.col.lat"], digits: 9 },
};

export function PointsTable(props: PointsTableProps): ReactNode {
  const text = useText();
  const { draft, onChange } = props;
  const { names } = ROAD[draft.unit];
  return (
    <Panel title={text("calibration.points")} testId="calibration-points">
      <div className={styles["unit"]}>
        <SegmentedControl
          size="xs" aria-label={text("calibration.unit")} value={draft.unit} onChange={(unit) => { onChange(inUnit(draft, unit)); }}
          data={[{ value: "metres", label: text("calibration.unit.metres") }, { value: "lonlat", label: text("calibration.unit.lonlat") }]}
        />
        <span className={styles["quiet"]}>{text("calibration.unit.clears")}</span>
      </div>
      {draft.marks.length === 0 ? <Empty title={text("calibration.noPoints")}>{text("calibration.noPoints.do")}</Empty> : (
        // A wide table scrolls by itself, also by keyboard; the page never does.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable
        <div className={styles["scroll"]} role="region" aria-label={text("calibration.points")} tabIndex={0}>
          <table className={styles["table"]} data-unit={draft.unit}>
            <thead>
              <tr>
                <th scope="col"><span className={styles["hidden"]}>{text("calibration.col.point")}</span>№</th>
                {(["calibration.col.pixelX", "calibration.col.pixelY", ...names, "calibration.col.off"] as const).map((name) => <th scope="col" key={name}>{text(name)}</th>)}
                <td />
              </tr>
            </thead>
            <tbody>{draft.marks.map((mark, index) => <PointRow key={mark.id} {...props} mark={mark} number={index + 1} />)}</tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function PointRow({ draft, size, chosen, report, onChoose, onRemove, onChange, mark, number }: PointsTableProps & { mark: Mark; number: number }): ReactNode {
  const text = useText();
  const { names, digits } = ROAD[draft.unit];
  const pixels = pixelsOf(mark, size);
  const choose = (): void => { onChoose(mark.id); };
  const field = (name: MessageId): string => text("calibration.field", { n: number, what: text(name) });
  const setPixel = (axis: 0 | 1, value: number): void => {
    const [x, y] = axis === 0 ? [value, pixels[1]] : [pixels[0], value];
    onChange(placed(draft, mark.id, [x / size.width, y / size.height]), `pixel ${mark.id} ${axis}`);
  };
  const fit = fitOf(report, mark);
  return (
    <tr data-chosen={mark.id === chosen} data-used={fit?.used} data-testid="calibration-row" data-point={number}>
      <th scope="row"><button type="button" className={styles["number"]} aria-pressed={mark.id === chosen} aria-label={text("calibration.choose", { n: number })} onClick={choose}>{number}</button></th>
      {([0, 1] as const).map((axis) => (
        <td key={`pixel${axis}`}><NumberField label={field(axis === 0 ? "calibration.col.pixelX" : "calibration.col.pixelY")} value={pixels[axis]} digits={1} empty="refused" onFocus={choose} onChange={(value) => { if (value !== undefined) setPixel(axis, value); }} /></td>
      ))}
      {([0, 1] as const).map((axis) => (
        <td key={`road${axis}`} data-road><NumberField label={field(names[axis])} value={mark.road[axis]} digits={digits} empty="unknown" onFocus={choose} onChange={(value) => { onChange(measured(draft, mark.id, axis, value), `road ${mark.id} ${axis}`); }} /></td>
      ))}
      <td className={styles["off"]}><Off mark={mark} fit={fit} /></td>
      <td><ActionIcon variant="subtle" size="md" aria-label={text("calibration.remove", { n: number })} onClick={() => { onRemove(mark.id); }}><Icon name="close" size={15} /></ActionIcon></td>
    </tr>
  );
}

function Off({ mark, fit }: { mark: Mark; fit: PointFit | undefined }): ReactNode {
  const text = useText();
  const off = useOff();
  if (mark.road.includes(undefined)) return <span className={styles["quiet"]}>{text("calibration.toMeasure")}</span>;
  if (!fit) return <span className={styles["quiet"]}>…</span>;
  return <><span>{off(fit).metres}</span><span>{off(fit).pixels}</span>{!fit.used && <strong className={styles["leftOut"]}>{text("calibration.leftOut")}</strong>}</>;
}

// From where to where over the whole period, with how much of it was observed, and the lanes.
import { useMemo, type ReactNode } from "react";
import { Panel } from "@/components/Page";
import type { Counts } from "@/data/counts";
import { useNumber, useText } from "@/i18n/text";
import { lanesOf, movementsOf, totalFrom, type LaneRow, type Movements } from "./movements";
import styles from "./CountsTable.module.css";

export function MovementsTable({ counts, coverage }: { counts: Counts; coverage: number }): ReactNode {
  const movements = useMemo(() => movementsOf(counts), [counts]);
  const lanes = useMemo(() => lanesOf(counts), [counts]);
  return (
    <>
      {movements.total + movements.unassigned > 0 && <Matrix movements={movements} coverage={coverage} />}
      {lanes.length > 0 && <Lanes lanes={lanes} coverage={coverage} />}
    </>
  );
}

function Matrix({ movements, coverage }: { movements: Movements; coverage: number }): ReactNode {
  const text = useText();
  const number = useNumber();
  return (
    <Panel title={text("counts.movements")} aside={<span>{text("counts.coverageIs", { percent: number(coverage * 100) })}</span>}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable */}
      <div className={styles["scroll"]} role="region" aria-label={text("counts.movements")} tabIndex={0}>
        <table className={styles["table"]} data-testid="movements-table">
          <thead>
            <tr>
              <th scope="col">{text("counts.fromTo")}</th>
              {movements.to.map((to) => <th scope="col" key={to} data-number>{to}</th>)}
              <th scope="col" data-number>{text("counts.total")}</th>
            </tr>
          </thead>
          <tbody>
            {movements.from.map((from) => (
              <tr key={from} data-from={from}>
                <th scope="row">{from}</th>
                {movements.to.map((to) => <td key={to} data-number data-to={to}>{number(totalFrom(movements, from, to))}</td>)}
                <td data-number data-total><strong>{number(movements.to.reduce((sum, to) => sum + totalFrom(movements, from, to), 0))}</strong></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p data-testid="movements-unassigned">{text("counts.unassigned", { n: movements.unassigned })}</p>
    </Panel>
  );
}

function Lanes({ lanes, coverage }: { lanes: readonly LaneRow[]; coverage: number }): ReactNode {
  const text = useText();
  const number = useNumber();
  const known = (value: number | undefined): string => (value === undefined ? text("common.noData") : number(value));
  return (
    <Panel title={text("counts.lanes")} aside={<span>{text("counts.coverageIs", { percent: number(coverage * 100) })}</span>}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable */}
      <div className={styles["scroll"]} role="region" aria-label={text("counts.lanes")} tabIndex={0}>
        <table className={styles["table"]} data-testid="lanes-table">
          <thead>
            <tr>
              <th scope="col">{text("counts.col.lane")}</th>
              <th scope="col" data-number>{text("counts.col.occupancy")}</th>
              <th scope="col" data-number>{text("counts.col.queue")}</th>
              <th scope="col" data-number>{text("counts.col.density")}</th>
            </tr>
          </thead>
          <tbody>
            {lanes.map((row) => (
              <tr key={row.lane} data-lane={row.lane}>
                <th scope="row">{row.lane}</th>
                <td data-number>{known(row.occupancy === undefined ? undefined : row.occupancy * 100)}</td>
                <td data-number>{known(row.queueMax)}</td>
                <td data-number>{known(row.density)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

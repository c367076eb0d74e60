// The numbers behind the charts, newest bin first, and their download.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Icon } from "@/components/Icon";
import { Panel } from "@/components/Page";
import { saveFile } from "@/components/saveFile";
import { useNumber, useText, useWord } from "@/i18n/text";
import { clockTime, exactTime } from "@/i18n/time";
import { useZone } from "@/i18n/zone";
import { csvOf } from "./csv";
import { directionOf } from "./direction";
import { totalOf, type CountsView, type Flow, type Slot } from "./model";
import styles from "./CountsTable.module.css";

export function CountsTable({ view, file }: { view: CountsView; file: string }): ReactNode {
  const text = useText();
  const word = useWord();
  const slots = view.slots.map((slot, index) => ({ slot, index })).reverse();
  return (
    <Panel title={text("counts.table")} aside={<Download view={view} file={file} />}>
      {/* A wide table scrolls by itself, also by keyboard; the page never does. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable */}
      <div className={styles["scroll"]} role="region" aria-label={text("counts.table")} tabIndex={0}>
        <table className={styles["table"]} data-testid="counts-table">
          <thead>
            <tr>
              <th scope="col">{text("counts.col.bin")}</th>
              <th scope="col">{text("counts.col.line")}</th>
              <th scope="col">{text("counts.col.direction")}</th>
              {view.classes.map((each) => <th scope="col" key={each} data-number>{word("class", each)}</th>)}
              <th scope="col" data-number>{text("counts.total")}</th>
              <th scope="col" data-number>{text("counts.col.observed")}</th>
            </tr>
          </thead>
          <tbody>
            {slots.flatMap(({ slot, index }) => view.flows.map((flow) => <CountRow key={`${slot.start}/${flow.line}/${flow.dir}`} view={view} slot={slot} flow={flow} cell={flow.counts[index]} />))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

interface CountRowProps {
  view: CountsView;
  slot: Slot;
  flow: Flow;
  cell: Flow["counts"][number];
}

function CountRow({ view, slot, flow, cell }: CountRowProps): ReactNode {
  const text = useText();
  const number = useNumber();
  const zone = useZone();
  return (
    <tr data-line={flow.line} data-dir={flow.dir} data-start={new Date(slot.start).toISOString()} data-state={slot.state} data-total={totalOf(cell)}>
      <th scope="row" title={exactTime(slot.start, zone)}>{clockTime(slot.start, zone)}–{clockTime(slot.end, zone)}</th>
      <td>{flow.line}</td>
      <td>{directionOf(flow, text)}</td>
      {cell ? (
        <>
          {view.classes.map((each) => <td key={each} data-number data-class={each}>{number(cell[each] ?? 0)}</td>)}
          <td data-number data-total><strong>{number(totalOf(cell) ?? 0)}</strong></td>
        </>
      ) : <td colSpan={view.classes.length + 1} className={styles["none"]}>{text("common.noData")}</td>}
      <td data-number>{number(slot.coverage * 100)} %</td>
    </tr>
  );
}

function Download({ view, file }: { view: CountsView; file: string }): ReactNode {
  const text = useText();
  const save = (): void => { saveFile(`${file}.csv`, "text/csv;charset=utf-8", csvOf(view)); };
  const note = text("counts.downloadNote", { rows: view.slots.length * view.flows.length });
  return <Button variant="default" leftSection={<Icon name="download" />} title={note} onClick={save} data-testid="counts-download">{text("counts.download")}</Button>;
}

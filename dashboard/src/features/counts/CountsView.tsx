// The counts of a period: how much of it was seen, a chart for each line and direction, the table.
import { useMemo, type ReactNode } from "react";
import { StackedBars } from "@/components/chart/StackedBars";
import type { Bars } from "@/components/chart/option";
import { Empty } from "@/components/Empty";
import { Panel } from "@/components/Page";
import type { Camera } from "@/data/cameras";
import { centreNow } from "@/data/centreClock";
import type { Counts } from "@/data/counts";
import { useNumber, useText, useWord } from "@/i18n/text";
import { clockTime, lengthText } from "@/i18n/time";
import { useZone } from "@/i18n/zone";
import { CountsTable } from "./CountsTable";
import { directionOf } from "./direction";
import { Legend } from "./Legend";
import { MovementsTable } from "./MovementsTable";
import { totalOf, viewOf, type CountsView as View, type Flow, type Slot } from "./model";
import styles from "./CountsView.module.css";

export function CountsView({ counts, camera }: { counts: Counts; camera: Camera }): ReactNode {
  const text = useText();
  const number = useNumber();
  const view = useMemo(() => viewOf(counts, centreNow()), [counts]);
  if (view.flows.length === 0) return <Empty title={text("counts.nothing")} testId="counts-nothing">{text("counts.nothingMeaning")}</Empty>;
  const share = view.lengthS > 0 ? Math.min(1, view.observedS / view.lengthS) : 0;
  return (
    <>
      <div className={styles["head"]}>
        <p data-testid="counts-coverage">{text("counts.coverageWhole", { percent: number(share * 100), observed: lengthText(view.observedS * 1000, text), length: lengthText(view.lengthS * 1000, text) })}</p>
        <Legend view={view} />
      </div>
      <div className={styles["charts"]}>
        {view.flows.map((flow) => <FlowChart key={`${flow.line}/${flow.dir}`} view={view} flow={flow} bin={text(`counts.bin.${counts.bin}`)} />)}
      </div>
      <MovementsTable counts={counts} coverage={share} />
      <CountsTable view={view} file={`${camera.site}_${camera.cam}_${counts.from.slice(0, 16)}_${counts.bin}`.replaceAll(":", "")} />
    </>
  );
}

function FlowChart({ view, flow, bin }: { view: View; flow: Flow; bin: string }): ReactNode {
  const text = useText();
  const number = useNumber();
  const bars = useBars(view, flow);
  const direction = directionOf(flow, text);
  const total = flow.counts.reduce((sum, cell) => sum + (totalOf(cell) ?? 0), 0);
  return (
    <Panel title={text("counts.panel", { line: flow.line, direction })} aside={<strong>{text("counts.totalOf", { n: total })}</strong>} testId="counts-chart">
      <p className={styles["axis"]}>{text("counts.axis", { bin })}</p>
      <StackedBars bars={bars} label={`${text("counts.chartAlt", { line: flow.line, direction })} ${text("counts.total")}: ${number(total)}`} />
    </Panel>
  );
}

function useBars(view: View, flow: Flow): Bars {
  const text = useText();
  const word = useWord();
  const number = useNumber();
  const zone = useZone();
  return useMemo(() => {
    const hintOf = (slot: Slot, cell: Flow["counts"][number]): string[] => {
      const head = `${clockTime(slot.start, zone)}–${clockTime(slot.end, zone)}`;
      if (!cell) return [head, text("common.noData")];
      const classes = view.classes.filter((each) => (cell[each] ?? 0) > 0).map((each) => `${word("class", each)}: ${number(cell[each] ?? 0)}`);
      const seen = text("counts.coverageIs", { percent: number(slot.coverage * 100) });
      return [head, ...classes, `${text("counts.total")}: ${number(totalOf(cell) ?? 0)}`, slot.state === "running" ? `${seen}, ${text("counts.running")}` : seen];
    };
    return {
      labels: view.slots.map((slot) => clockTime(slot.start, zone)),
      marked: view.slots.map((slot) => slot.start % 3_600_000 === 0),
      states: view.slots.map((slot) => (slot.state === "running" ? "partial" : slot.state)),
      series: view.classes.map((each) => ({ name: word("class", each), token: `--class-${each}`, values: flow.counts.map((cell) => cell && (cell[each] ?? 0)) })),
      highest: view.highest,
      noData: text("counts.legend.none"),
      hint: (index) => {
        const slot = view.slots[index];
        return slot ? hintOf(slot, flow.counts[index]) : [];
      },
    };
  }, [view, flow, zone, text, word, number]);
}

// From the centre's answer to what is shown: every bin of the period, each with its counts or the
// statement that there is no data. One model feeds the charts, the table and the download.
import type { BinLength, CountBin, Counts } from "@/data/counts";
import type { RoadUserClass } from "@/data/incidents";

/** Order of classes in charts and tables, the contract's. */
export const CLASSES = ["car", "van", "bus", "truck", "motorcycle", "bicycle", "person", "vehicle"] as const satisfies readonly RoadUserClass[];

/** From this share on, a bin counts as whole: a second lost to a reconnect is no reason to doubt it. */
export const FULL_COVERAGE = 0.95;

export const BIN_MS: Record<BinLength, number> = { "15m": 900_000, "1h": 3_600_000 };

/** How much of a bin was seen. `running` is not over yet. */
export type SlotState = "full" | "partial" | "running" | "none";

export interface Slot {
  /** Milliseconds since 1970. */
  start: number;
  end: number;
  state: SlotState;
  observedS: number;
  /** 0..1 of the bin's length. */
  coverage: number;
}

/** One line in one direction over all slots. */
export interface Flow {
  line: string;
  dir: "forward" | "backward";
  /** The direction's name; absent when the scene does not tell. */
  name: string | undefined;
  /** By slot; `undefined` is no data, which is never zero. */
  counts: (Partial<Record<RoadUserClass, number>> | undefined)[];
}

export interface CountsView {
  slots: Slot[];
  flows: Flow[];
  /** Classes that were counted at least once, in order. */
  classes: RoadUserClass[];
  /** Largest total of a slot, over all flows: one scale for all charts. */
  highest: number;
  observedS: number;
  lengthS: number;
}

export function viewOf(counts: Counts, now: number): CountsView {
  const slots = slotsOf(counts, now);
  const bins = new Map(counts.bins.map((bin) => [Date.parse(bin.start), bin]));
  const flows = flowsOf(counts.bins).map(({ line, dir, name }) => ({ line, dir, name, counts: slots.map((slot) => countsIn(bins.get(slot.start), line, dir)) }));
  const classes = CLASSES.filter((each) => flows.some((flow) => flow.counts.some((cell) => (cell?.[each] ?? 0) > 0)));
  const highest = Math.max(0, ...flows.flatMap((flow) => flow.counts.map((cell) => totalOf(cell) ?? 0)));
  const observedS = slots.reduce((sum, slot) => sum + slot.observedS, 0);
  const lengthS = slots.reduce((sum, slot) => sum + (Math.min(slot.end, now) - slot.start) / 1000, 0);
  return { slots, flows, classes, highest, observedS, lengthS };
}

/** All classes of a cell; `undefined` for no data. */
export function totalOf(cell: Flow["counts"][number]): number | undefined {
  return cell && CLASSES.reduce((sum, each) => sum + (cell[each] ?? 0), 0);
}

function slotsOf(counts: Counts, now: number): Slot[] {
  const length = BIN_MS[counts.bin];
  const bins = new Map(counts.bins.map((bin) => [Date.parse(bin.start), bin]));
  const slots: Slot[] = [];
  for (let start = Date.parse(counts.from); start < Date.parse(counts.to) && start < now; start += length) {
    const bin = bins.get(start);
    slots.push({ start, end: start + length, state: stateOf(bin, start + length > now), observedS: bin?.observed_s ?? 0, coverage: bin?.coverage ?? 0 });
  }
  return slots;
}

function stateOf(bin: CountBin | undefined, running: boolean): SlotState {
  if (!bin || bin.observed_s <= 0) return "none";
  if (running) return "running";
  return bin.coverage >= FULL_COVERAGE ? "full" : "partial";
}

function flowsOf(bins: readonly CountBin[]): Pick<Flow, "line" | "dir" | "name">[] {
  const flows = new Map<string, Pick<Flow, "line" | "dir" | "name">>();
  for (const cell of bins.flatMap((bin) => bin.cells)) flows.set(`${cell.line}/${cell.dir}`, { line: cell.line, dir: cell.dir, name: cell.name });
  return [...flows.values()].sort((a, b) => a.line.localeCompare(b.line) || b.dir.localeCompare(a.dir));
}

/** In an observed bin, a line or class that is not named had none. */
function countsIn(bin: CountBin | undefined, line: string, dir: Flow["dir"]): Flow["counts"][number] {
  if (!bin || bin.observed_s <= 0) return undefined;
  return bin.cells.find((cell) => cell.line === line && cell.dir === dir)?.classes ?? {};
}

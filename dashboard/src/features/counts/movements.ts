// Where road users came from and went to, and how full the lanes were, over the whole period.
import type { CountBin, Counts } from "@/data/counts";
import type { RoadUserClass } from "@/data/incidents";

/** From line to line; a pair that nobody went is zero. */
export interface Movements {
  /** Lines that anybody came from, and lines that anybody went to. */
  from: string[];
  to: string[];
  /** By from and to. */
  totals: Map<string, number>;
  total: number;
  /** Road users that crossed one line only, or none, and belong to no movement. */
  unassigned: number;
}

export interface LaneRow {
  lane: string;
  /** 0..1 over the observed time. */
  occupancy: number | undefined;
  /** Metres. */
  queueMax: number | undefined;
  density: number | undefined;
}

export function movementsOf(counts: Counts): Movements {
  const totals = new Map<string, number>();
  for (const movement of counts.bins.flatMap((bin) => bin.movements)) {
    const key = pairOf(movement.from, movement.to);
    totals.set(key, (totals.get(key) ?? 0) + sumOf(movement.classes));
  }
  const pairs = counts.bins.flatMap((bin) => bin.movements);
  const unassigned = counts.bins.reduce((sum, bin) => sum + sumOf(bin.unassigned), 0);
  return { from: names(pairs.map((pair) => pair.from)), to: names(pairs.map((pair) => pair.to)), totals, total: [...totals.values()].reduce((sum, n) => sum + n, 0), unassigned };
}

export function totalFrom(movements: Movements, from: string, to: string): number {
  return movements.totals.get(pairOf(from, to)) ?? 0;
}

export function lanesOf(counts: Counts): LaneRow[] {
  const seen = counts.bins.filter((bin) => bin.observed_s > 0);
  return names(seen.flatMap((bin) => bin.lanes.map((lane) => lane.lane))).map((lane) => ({
    lane,
    occupancy: mean(seen, lane, "occupancy"),
    queueMax: longest(seen, lane),
    density: mean(seen, lane, "density"),
  }));
}

function pairOf(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

function names(all: readonly string[]): string[] {
  return [...new Set(all)].sort((a, b) => a.localeCompare(b));
}

function sumOf(classes: Partial<Record<RoadUserClass, number>>): number {
  return Object.values(classes).reduce((sum, n) => sum + n, 0);
}

/** Bins weigh as long as they were observed; a bin that does not tell weighs nothing. */
function mean(bins: readonly CountBin[], lane: string, what: "occupancy" | "density"): number | undefined {
  let sum = 0;
  let seconds = 0;
  for (const bin of bins) {
    const value = bin.lanes.find((each) => each.lane === lane)?.[what];
    if (value === undefined) continue;
    sum += value * bin.observed_s;
    seconds += bin.observed_s;
  }
  return seconds > 0 ? sum / seconds : undefined;
}

function longest(bins: readonly CountBin[], lane: string): number | undefined {
  const all = bins.map((bin) => bin.lanes.find((each) => each.lane === lane)?.queue_max_m).filter((each) => each !== undefined);
  return all.length > 0 ? Math.max(...all) : undefined;
}

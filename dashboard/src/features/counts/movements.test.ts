import { expect, it } from "vitest";
import type { Counts } from "@/data/counts";
import { lanesOf, movementsOf, totalFrom } from "./movements";

const bin = (observed: number, rest: Partial<Counts["bins"][number]>): Counts["bins"][number] => ({ start: "2026-03-05T08:00:00.000Z", end: "2026-03-05T08:15:00.000Z", observed_s: observed, coverage: observed / 900, cells: [], lanes: [], movements: [], unassigned: {}, ...rest });

const counts = (...bins: Counts["bins"]): Counts => ({ dev: "a", cam: "c", from: "2026-03-05T08:00:00.000Z", to: "2026-03-05T09:00:00.000Z", bin: "15m", bins });

it("adds movements over bins and classes and keeps those without one apart", () => {
  const movements = movementsOf(counts(
    bin(900, { movements: [{ from: "N", to: "E", classes: { car: 3, bus: 1 } }], unassigned: { car: 2 } }),
    bin(900, { movements: [{ from: "N", to: "E", classes: { car: 2 } }, { from: "S", to: "N", classes: { car: 5 } }] }),
  ));
  expect([movements.from, movements.to]).toEqual([["N", "S"], ["E", "N"]]);
  expect([totalFrom(movements, "N", "E"), totalFrom(movements, "S", "N"), totalFrom(movements, "S", "E")]).toEqual([6, 5, 0]);
  expect([movements.total, movements.unassigned]).toEqual([11, 2]);
});

it("weighs lanes by what was observed, and what is not known stays unknown", () => {
  const rows = lanesOf(counts(
    bin(900, { lanes: [{ lane: "N-L1", occupancy: 0.2, queue_max_m: 12 }] }),
    bin(300, { lanes: [{ lane: "N-L1", occupancy: 0.6, queue_max_m: 31.5 }, { lane: "S-L1", occupancy: 0 }] }),
    bin(0, { lanes: [{ lane: "N-L1", occupancy: 1 }] }),
  ));
  expect(rows.map((row) => row.lane)).toEqual(["N-L1", "S-L1"]);
  expect(rows[0]?.occupancy).toBeCloseTo(0.3);
  expect([rows[0]?.queueMax, rows[1]?.queueMax, rows[1]?.occupancy, rows[0]?.density]).toEqual([31.5, undefined, 0, undefined]);
});

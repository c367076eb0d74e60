import { describe, expect, it } from "vitest";
import type { Counts } from "@/data/counts";
import { totalOf, viewOf } from "./model";

const at = (minutes: number): string => new Date(Date.parse("2026-03-05T08:00:00Z") + minutes * 60_000).toISOString();

const counts: Counts = {
  dev: "bsk-017",
  cam: "c1",
  from: at(0),
  to: at(60),
  bin: "15m",
  bins: [
    { start: at(0), end: at(15), observed_s: 900, coverage: 1, lanes: [], movements: [], unassigned: {}, cells: [{ line: "N", dir: "forward", name: "northbound", classes: { car: 12, bus: 1 } }, { line: "N", dir: "backward", classes: {} }] },
    { start: at(15), end: at(30), observed_s: 300, coverage: 1 / 3, lanes: [], movements: [], unassigned: {}, cells: [] },
    { start: at(45), end: at(60), observed_s: 120, coverage: 120 / 900, lanes: [], movements: [], unassigned: {}, cells: [{ line: "N", dir: "forward", name: "northbound", classes: { car: 2 } }] },
  ],
};
const view = viewOf(counts, Date.parse(at(50)));

describe("viewOf", () => {
  it("has every bin of the period and says how much of it was seen", () => {
    expect(view.slots.map((slot) => slot.state)).toEqual(["full", "partial", "none", "running"]);
  });

  it("never turns no data into zero, nor zero into no data", () => {
    const [forward, backward] = view.flows;
    expect(forward?.counts.map(totalOf)).toEqual([13, 0, undefined, 2]);
    expect(backward?.counts.map(totalOf)).toEqual([0, 0, undefined, 0]);
  });

  it("names the classes that occur, in the contract's order, and one scale for all", () => {
    expect(view.classes).toEqual(["car", "bus"]);
    expect(view.highest).toBe(13);
    expect(view.flows.map((flow) => [flow.line, flow.dir, flow.name])).toEqual([["N", "forward", "northbound"], ["N", "backward", undefined]]);
  });

  it("measures coverage over what has passed of the period", () => {
    expect(view.observedS).toBe(1320);
    expect(view.lengthS).toBe(50 * 60);
  });

  it("shows nothing of what is still to come", () => {
    expect(viewOf(counts, Date.parse(at(20))).slots).toHaveLength(2);
  });
});

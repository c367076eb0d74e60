import { describe, expect, it } from "vitest";
import type { CalibrationReport } from "@/data/calibration";
import { calibrationOf, differenceOf, draftOf, fitOf, inUnit, isEqual, measured, moved, numberOf, placed, withMark, withoutMark } from "./points";

const size = { width: 1280, height: 720, pixel_aspect: 1 };
const draft = draftOf({ unit: "metres", points: [{ image: [0.25, 0.5], road: [0, 40] }, { image: [0.75, 0.5], road: [10.5, 40] }], valid: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]] });

describe("a point", () => {
  it("moves by pixels of the picture", () => {
    const at = (by: [number, number]): readonly number[] | undefined => moved(draft, 1, by, size).marks[0]?.image;
    expect(at([1, 0])).toEqual([0.250781, 0.5]);
    expect(at([0, -10])).toEqual([0.25, 0.486111]);
    expect(moved(draft, 9, [1, 1], size)).toBe(draft);
  });

  it("stays within the picture", () => {
    expect(moved(draft, 1, [-5000, 5000], size).marks[0]?.image).toEqual([0, 1]);
    expect(placed(draft, 2, [1.2, -0.1]).marks[1]?.image).toEqual([1, 0]);
  });

  it("comes back to where it was when it is moved there and back", () => {
    expect(moved(moved(draft, 2, [7, -3], size), 2, [-7, 3], size).marks[1]?.image).toEqual([0.75, 0.5]);
  });

  it("is no part of the calibration until it is measured", () => {
    const added = withMark(draft, [0.5, 0.9]);
    expect(added.id).toBe(3);
    expect(calibrationOf(added.draft).points).toHaveLength(2);
    const half = measured(added.draft, 3, 0, 5);
    expect(calibrationOf(half).points).toHaveLength(2);
    expect(calibrationOf(measured(half, 3, 1, 0)).points[2]).toEqual({ image: [0.5, 0.9], road: [5, 0] });
    expect(calibrationOf(measured(draft, 1, 1, undefined)).points).toEqual([{ image: [0.75, 0.5], road: [10.5, 40] }]);
  });

  it("gets a number of its own after another was removed", () => {
    const added = withMark(withoutMark(draft, 1), [0.5, 0.5]);
    expect(added.draft.marks.map((mark) => mark.id)).toEqual([2, 3]);
  });
});

it("forgets road coordinates of another unit, and nothing when the unit stays", () => {
  expect(inUnit(draft, "metres")).toBe(draft);
  const other = inUnit(draft, "lonlat");
  expect([other.unit, other.marks.map((mark) => mark.road)]).toEqual(["lonlat", [[undefined, undefined], [undefined, undefined]]]);
});

it("compares what is said and not how it came about", () => {
  const again = placed(withoutMark(withMark(draft, [0, 0]).draft, 3), 1, [0.25, 0.5]);
  expect(isEqual(again, draft)).toBe(true);
  expect(isEqual(measured(draft, 1, 0, 0.001), draft)).toBe(false);
  expect(isEqual({ ...draft, valid: [] }, draft)).toBe(false);
  expect(calibrationOf({ ...draft, valid: [] })).not.toHaveProperty("valid");
});

it("tells which points differ from the scene", () => {
  expect(differenceOf(draft, draft)).toEqual({ changed: [], same: 2 });
  expect(differenceOf(withMark(moved(draft, 2, [3, 0], size), [0.5, 0.5]).draft, draft)).toEqual({ changed: [2, 3], same: 1 });
  // A point that is gone makes no other one new.
  expect(differenceOf(withoutMark(draft, 1), draft)).toEqual({ changed: [], same: 1 });
  expect(differenceOf(inUnit(draft, "lonlat"), draft)).toEqual({ changed: [1, 2], same: 0 });
});

describe("what a report says", () => {
  const fit = (image: number[], road: number[]): CalibrationReport["points"][number] => ({ image, road, used: true, residual_px: 1, residual_m: 0.1 });
  const report = { points: [fit([0.75, 0.5], [10.5, 40]), fit([0.25, 0.5], [0, 40])] } as CalibrationReport;

  it("belongs to the point with the same places, wherever it stands in the list", () => {
    expect(draft.marks[0] && fitOf(report, draft.marks[0])?.road).toEqual([0, 40]);
    expect([1, 2].map((number) => numberOf(report, number, draft))).toEqual([2, 1]);
  });

  it("belongs to nobody once the point has been moved", () => {
    const later = moved(draft, 1, [1, 0], size);
    expect(later.marks[0] && fitOf(report, later.marks[0])).toBeUndefined();
    expect(numberOf(report, 2, later)).toBeUndefined();
    expect(numberOf(report, 7, later)).toBeUndefined();
    expect(draft.marks[0] && fitOf(undefined, draft.marks[0])).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { middlesOfGaps, niceTop, optionOf, type Bars } from "./option";

const bars: Bars = {
  labels: ["08:00", "08:15", "08:30"],
  marked: [true, false, false],
  states: ["full", "partial", "none"],
  series: [{ name: "Car", token: "--class-car", values: [0, 7, undefined] }],
  highest: 7,
  noData: "no data",
  hint: (index) => [`bin ${index}`],
};

describe("optionOf", () => {
  const option = optionOf(bars, (token) => token);
  const [gaps, cars] = option.series as { data: { value: unknown; itemStyle?: { decal?: unknown } }[] }[];

  it("starts at zero", () => {
    expect(option.yAxis).toMatchObject({ min: 0, max: 8 });
  });

  it("gives no value where there is no data, and a hatched bar over the whole height instead", () => {
    expect(cars?.data.map((item) => item.value)).toEqual([0, 7, "-"]);
    expect(gaps?.data.map((item) => item.value)).toEqual(["-", "-", 8]);
    expect(gaps?.data[2]?.itemStyle?.decal).toBeDefined();
  });

  it("hatches incomplete bins only", () => {
    expect(cars?.data.map((item) => item.itemStyle?.decal !== undefined)).toEqual([false, true, false]);
  });
});

it("puts the words once into each gap", () => {
  expect([...middlesOfGaps(["none", "none", "none", "full", "none", "partial"])]).toEqual([1, 4]);
  expect(middlesOfGaps(["full"]).size).toBe(0);
});

it.each([[0, 4], [4, 4], [5, 8], [10, 12], [13, 16], [43, 60], [99, 100], [101, 120], [1300, 1600]])("tops %d with %d", (highest, top) => {
  expect(niceTop(highest)).toBe(top);
});

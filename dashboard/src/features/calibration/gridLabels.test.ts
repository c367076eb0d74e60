import { expect, it } from "vitest";
import type { GridLine } from "./ground";
import { gridLabels } from "./gridLabels";

const size = { width: 1000, height: 500 };
/** Lines of equal y that fan out to the right, where their ends have more room. */
const fan: GridLine[] = [0, 1, 2].map((n) => ({ axis: "y", metres: n * 5, from: [0.2, 0.4 + n * 0.02], to: [0.8, 0.3 + n * 0.2] }));

it("stands outside of the ends with most room", () => {
  const labels = gridLabels(fan, size, []);
  expect(labels.map((label) => label.text)).toEqual(["y 0", "y 5", "y 10"]);
  for (const label of labels) expect(label.at.x).toBeGreaterThan(800);
});

it("covers no point and stays in the picture", () => {
  const [, second] = gridLabels(fan, size, []);
  expect(gridLabels(fan, size, second ? [second.at] : []).map((label) => label.text)).toEqual(["y 0", "y 10"]);
  expect(gridLabels(fan.map((line) => ({ ...line, to: [1, line.to[1]] })), size, [])).toEqual([]);
});

it("leaves out numbers that would stand on one another", () => {
  const tight = fan.map((line): GridLine => ({ ...line, from: [0.2, 0.4], to: [0.8, 0.4 + line.metres * 0.001] }));
  expect(gridLabels(tight, size, []).map((label) => label.text)).toEqual(["y 0"]);
});

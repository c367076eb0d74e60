import { expect, it } from "vitest";
import { begin, redo, step, undo, type History } from "./history";

const steps = (...all: [string, string?][]): History<string> => all.reduce((history, [present, gesture]) => step(history, present, gesture), begin("a"));

it("goes back and forth step by step", () => {
  const done = steps(["b"], ["c"]);
  expect(undo(done).present).toBe("b");
  expect(undo(undo(done)).present).toBe("a");
  expect(redo(undo(undo(done))).present).toBe("b");
  expect(redo(redo(undo(undo(done))))).toMatchObject({ past: ["a", "b"], present: "c", future: [] });
});

it("does nothing at either end", () => {
  const history = begin("a");
  expect(undo(history)).toBe(history);
  expect(redo(history)).toBe(history);
  expect(step(history, "a")).toBe(history);
});

it("takes back a gesture as a whole, and the next one apart", () => {
  const done = steps(["b", "drag 1"], ["c", "drag 1"], ["d", "drag 2"], ["e", "drag 2"]);
  expect(undo(done).present).toBe("c");
  expect(undo(undo(done)).present).toBe("a");
});

it("does not join a gesture that was taken back", () => {
  const done = step(undo(steps(["b", "nudge"], ["c", "nudge"])), "d", "nudge");
  expect(undo(done).present).toBe("a");
  expect(undo(step(done, "e", "nudge")).present).toBe("a");
});

it("forgets what was undone when something else is done, and the oldest steps at last", () => {
  expect(step(undo(steps(["b"], ["c"])), "x").future).toEqual([]);
  const long = Array.from({ length: 500 }, (_, n) => String(n)).reduce((history, present) => step(history, present), begin("a"));
  expect([long.past.length, long.past.at(-1)]).toEqual([200, "498"]);
});

import { describe, expect, it } from "vitest";
import { arrowHead, forwardOf, outline, place } from "./geometry";

describe("forwardOf", () => {
  // Standing at a and looking to b, the right hand points forward.
  it.each([
    ["to the right: down", [0, 0], [1, 0], [0, 1]],
    ["to the left: up", [1, 0], [0, 0], [0, -1]],
    ["down: to the left", [0, 0], [0, 1], [-1, 0]],
    ["up: to the right", [0, 1], [0, 0], [1, 0]],
  ])("a line %s", (_, a, b, forward) => {
    const size = { width: 100, height: 50 };
    const got = forwardOf(place(a, size), place(b, size));
    expect([got.x, got.y]).toEqual(forward);
  });

  it("gives a direction even for a line without length", () => {
    expect(forwardOf({ x: 1, y: 1 }, { x: 1, y: 1 })).toEqual({ x: 0, y: 0 });
  });
});

it("places points by the size shown", () => {
  expect(place([0.5, 0.25], { width: 640, height: 360 })).toEqual({ x: 320, y: 90 });
  expect(outline([[0, 0], [1, 0], [1, 1]], { width: 10, height: 20 })).toBe("0,0 10,0 10,20");
});

it("draws an arrow head behind its tip", () => {
  expect(arrowHead({ x: 10, y: 0 }, { x: 1, y: 0 }, 10)).toBe("10,0 0,4.5 0,-4.5");
});

import { expect, it } from "vitest";
import { fieldText, readNumber } from "./numbers";

it.each([
  ["14", 14], ["-5.25", -5.25], ["3,5", 3.5], [" 7. ", 7], [".5", 0.5], ["\u22124", -4], ["", undefined],
  ["-", null], ["1e5", null], ["1.2.3", null], ["5 m", null], ["Infinity", null],
] as const)("reads %j as %j", (typed, value) => {
  expect(readNumber(typed)).toBe(value);
});

it("shows no more digits than mean something", () => {
  expect([fieldText(3.14159, 2), fieldText(40, 3), fieldText(-0.0001, 2), fieldText(undefined, 2)]).toEqual(["3.14", "40", "0", ""]);
});

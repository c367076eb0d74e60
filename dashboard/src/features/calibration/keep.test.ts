import { expect, it } from "vitest";
import { readDraft } from "./keep";
import { draftOf, measured, withMark } from "./points";

it("reads back what was kept, also what is not measured yet", () => {
  const draft = measured(withMark(draftOf({ unit: "lonlat", points: [{ image: [0.1, 0.2], road: [74.6, 42.8] }], valid: [[0, 0], [1, 0], [1, 1]] }), [0.5, 0.5]).draft, 2, 0, 74.7);
  expect(readDraft(JSON.parse(JSON.stringify(draft)))).toEqual(draft);
});

it.each([null, 7, {}, { unit: "feet", marks: [], valid: [] }, { unit: "metres", marks: [{ id: 1, image: [0.1], road: [] }], valid: [] }, { unit: "metres", marks: [null], valid: [] }, { unit: "metres", marks: [], valid: ["a"] }])("takes nothing from %j", (stored) => {
  expect(readDraft(stored)).toBeUndefined();
});

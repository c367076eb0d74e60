import { expect, it } from "vitest";
import { filterOf, isFiltered, readQueueSearch } from "./search";

it("reads what it knows and leaves out the rest", () => {
  expect(readQueueSearch({ state: "open", type: "wrong_way", severity: "loud", site: 17, hours: "12", x: "y" })).toEqual({ state: "open", type: "wrong_way", site: "17", hours: 12 });
  expect(readQueueSearch({ type: "<script>", hours: 13 })).toEqual({});
});

it("tells a filtered queue from a whole one", () => {
  expect(isFiltered(readQueueSearch({}))).toBe(false);
  expect(isFiltered({ state: undefined })).toBe(false);
  expect(isFiltered(readQueueSearch({ state: "ended" }))).toBe(true);
});

it("asks the same question within five minutes", () => {
  const at = Date.parse("2026-03-05T08:13:58Z");
  const filter = filterOf({ hours: 1 }, at);
  expect(filter).toEqual({ from: "2026-03-05T07:10:00.000Z" });
  expect(filterOf({ hours: 1 }, at + 60_000)).toEqual(filter);
});

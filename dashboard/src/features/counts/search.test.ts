import { expect, it } from "vitest";
import { periodOf, readCountsSearch } from "./search";

it("ends with the bin that is running and begins on a bin's edge", () => {
  const now = Date.parse("2026-03-05T08:13:58Z");
  expect(periodOf(3, "15m", now)).toEqual({ from: "2026-03-05T05:15:00.000Z", to: "2026-03-05T08:15:00.000Z" });
  expect(periodOf(24, "1h", now)).toEqual({ from: "2026-03-04T09:00:00.000Z", to: "2026-03-05T09:00:00.000Z" });
});

it("reads an address and leaves out what it does not know", () => {
  expect(readCountsSearch({ dev: "b", cam: "c", hours: "12", bin: "7m" })).toEqual({ dev: "b", cam: "c", hours: 12 });
});

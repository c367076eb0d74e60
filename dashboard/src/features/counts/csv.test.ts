import { expect, it } from "vitest";
import { csvOf } from "./csv";
import type { CountsView } from "./model";

it("writes the rows shown, no data as nothing, and keeps texts texts", () => {
  const start = Date.parse("2026-03-05T08:00:00Z");
  const slot = (index: number) => ({ start: start + index * 900_000, end: start + (index + 1) * 900_000 });
  const view: CountsView = {
    slots: [{ ...slot(0), state: "full", observedS: 899.96, coverage: 0.99996 }, { ...slot(1), state: "none", observedS: 0, coverage: 0 }],
    flows: [{ line: "N", dir: "forward", name: "=в \"центр\"", counts: [{ car: 3 }, undefined] }],
    classes: ["car", "bus"],
    highest: 3,
    observedS: 900,
    lengthS: 1800,
  };
  expect(csvOf(view)).toBe(
    "\uFEFFstart,end,line,dir,direction,car,bus,total,observed_s,coverage\r\n" +
      "2026-03-05T08:00:00.000Z,2026-03-05T08:15:00.000Z,N,forward,\"'=в \"\"центр\"\"\",3,0,3,900,1.0000\r\n" +
      "2026-03-05T08:15:00.000Z,2026-03-05T08:30:00.000Z,N,forward,\"'=в \"\"центр\"\"\",,,,0,0.0000\r\n",
  );
});

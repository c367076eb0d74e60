import { expect, it } from "vitest";
import { urgentFirst } from "./order";

it("puts the severe first and the newest of them before the older", () => {
  const alarms = [
    { id: "a", severity: "low" as const, raised: "2026-03-05T09:00:00.000Z" },
    { id: "b", severity: "critical" as const, raised: "2026-03-05T07:00:00.000Z" },
    { id: "c", severity: "critical" as const, raised: "2026-03-05T08:00:00.000Z" },
  ];
  expect(urgentFirst(alarms).map((alarm) => alarm.id)).toEqual(["c", "b", "a"]);
});

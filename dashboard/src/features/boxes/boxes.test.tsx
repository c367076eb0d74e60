import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { open } from "@/testing/app";
import type { Box } from "@/data/boxes";
import { ailmentsOf } from "./sick";

const now = Date.parse("2026-03-05T09:00:00Z");
const well: Box = {
  dev: "b", site: "B", presence: "online", cameras: [], alarms_open: 0, health_at: "2026-03-05T08:59:30.000Z",
  model: { id: "yolox-nano" }, clock: { src: "ntp", state: "locked", off_ms: 1 },
  outbox: { events_waiting: 9, facts_waiting: 0, quarantined: 0, blobs_waiting: 0 }, chain: { state: "pending", epoch: 1, upto: 3, known: 5 },
};

it("tells a well box from a sick one", () => {
  expect(ailmentsOf(well, now)).toEqual([]);
  expect(ailmentsOf({ ...well, presence: "offline", model: { problem: "no file" } }, now)).toEqual(["offline", "model"]);
  expect(ailmentsOf({ ...well, health_at: "2026-03-05T08:50:00.000Z", chain: { state: "forked", epoch: 1, upto: 3, known: 5 } }, now)).toEqual(["chain", "stale"]);
  expect(ailmentsOf({ ...well, clock: { src: "none", state: "unsynced", off_ms: 0 }, outbox: { events_waiting: 0, facts_waiting: 0, quarantined: 2, blobs_waiting: 0 } }, now)).toEqual(["quarantine", "clock"]);
});

it("shows presence, outbox, chain, clock and model of every box", async () => {
  open("/boxes", { role: "admin" });
  const rows = await screen.findAllByTestId("box-row");
  expect(rows.map((row) => [row.dataset["dev"], row.dataset["presence"]])).toEqual([["bsk-017", "online"], ["bsk-021", "online"], ["bsk-033", "offline"]]);
  expect(rows[0]?.textContent).toContain("everything delivered");
  expect(rows[1]?.textContent).toContain("No model: yolox-nano.onnx: file is missing");
  expect(rows[1]?.textContent).toContain("3 events, 12 minutes of counts, 2 stills, 1 in quarantine");
});

it("says what a missing model means and what to do", async () => {
  open("/boxes/bsk-021", { role: "operator" });
  expect((await screen.findByTestId("no-model")).textContent).toContain("kerege-edge models fetch");
});

it("says which model stands in for the chosen one, and why", async () => {
  open("/boxes/bsk-017", { role: "operator" });
  const notice = await screen.findByTestId("other-model");
  expect(notice.textContent).toContain("but kerege-nano-fp32.");
  expect(notice.textContent).toContain("computes wrongly on this machine");
  expect(screen.queryByTestId("no-model")).toBeNull();
});

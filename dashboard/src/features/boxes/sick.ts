// What is wrong with a box, worst first; nothing when it is well.
import type { Box } from "@/data/boxes";

export type Ailment = "offline" | "chain" | "quarantine" | "model" | "clock" | "stale";

/** The box reports every 30 s; after this long its figures are old. */
export const STALE_HEALTH_MS = 120_000;

export function ailmentsOf(box: Box, now: number): Ailment[] {
  const online = box.presence === "online";
  const stale = box.health_at === undefined || now - Date.parse(box.health_at) > STALE_HEALTH_MS;
  const found: [Ailment, boolean][] = [
    ["offline", !online],
    ["chain", box.chain?.state === "forked" || box.chain?.state === "broken"],
    ["quarantine", (box.outbox?.quarantined ?? 0) > 0],
    ["model", box.model !== undefined && box.model.id === undefined],
    ["clock", box.clock?.state === "unsynced"],
    ["stale", online && stale],
  ];
  return found.filter(([, holds]) => holds).map(([ailment]) => ailment);
}

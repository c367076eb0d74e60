// The queue's filter as it stands in the address: a link is a view.
import type { EventType, IncidentFilter, Severity } from "@/data/incidents";

export const INCIDENT_TYPES = [
  "stopped_vehicle", "wrong_way", "pedestrian_on_road", "congestion", "queue_spillback", "crash_suspected", "debris_suspected",
  "smoke_fire_suspected", "crowd", "loitering", "near_miss", "speeding", "red_light", "stop_line", "illegal_stop", "illegal_turn",
  "lane_violation", "failure_to_yield",
] as const satisfies readonly EventType[];

export const SEVERITIES = ["critical", "high", "medium", "low"] as const satisfies readonly Severity[];
export const STATES = ["open", "ended"] as const;
export const PERIODS = [1, 12, 24, 168] as const;

export interface QueueSearch {
  state?: (typeof STATES)[number] | undefined;
  type?: (typeof INCIDENT_TYPES)[number] | undefined;
  severity?: Severity | undefined;
  site?: string | undefined;
  cam?: string | undefined;
  /** The last so many hours; absent is all. */
  hours?: (typeof PERIODS)[number] | undefined;
}

/** Reads an address; what it does not know it leaves out. */
export function readQueueSearch(search: Record<string, unknown>): QueueSearch {
  const { state, type, severity, site, cam, hours } = search;
  return compact({
    state: STATES.find((known) => known === state),
    type: INCIDENT_TYPES.find((known) => known === type),
    severity: SEVERITIES.find((known) => known === severity),
    site: wordOf(site),
    cam: wordOf(cam),
    hours: PERIODS.find((known) => known === Number(hours)),
  });
}

/** What to ask the centre; the period begins on a whole five minutes, so that the question stays the same for a while. */
export function filterOf({ hours, ...rest }: QueueSearch, now: number): IncidentFilter {
  const step = 300_000;
  return hours === undefined ? rest : { ...rest, from: new Date(Math.floor((now - hours * 3_600_000) / step) * step).toISOString() };
}

export function isFiltered(search: QueueSearch): boolean {
  return Object.values(search).some((value) => value !== undefined);
}

function wordOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function compact(search: QueueSearch): QueueSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

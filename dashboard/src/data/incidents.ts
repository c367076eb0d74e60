// Incidents and their evidence.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client, tagged, type Schemas } from "./client";
import { valueOf } from "./result";

export type Incident = Schemas["Incident"];
export type IncidentDetail = Schemas["IncidentDetail"];
export type IncidentEvent = Schemas["IncidentEvent"];
export type Evidence = Schemas["Evidence"];
export type EventObject = Schemas["EventObject"];
export type EventType = Schemas["EventType"];
export type EventClass = Schemas["EventClass"];
export type EventTimes = Schemas["EventTimes"];
export type Severity = Schemas["Severity"];
export type Phase = Schemas["Phase"];
export type ChainVerdict = Schemas["ChainVerdict"];
export type RoadUserClass = Schemas["RoadUserClass"];

/** Which incidents; absent is all. Times are RFC 3339. */
export interface IncidentFilter {
  state?: "open" | "ended" | undefined;
  type?: EventType | undefined;
  severity?: Severity | undefined;
  site?: string | undefined;
  cam?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const PAGE = 50;

function fetchPage(filter: IncidentFilter, before: string | undefined) {
  const { state, ...rest } = filter;
  return tagged(client.GET("/api/v1/incidents", { params: { query: { ...given(rest), state: state ?? "all", limit: PAGE, ...(before === undefined ? {} : { before }) } } }));
}

/** Newest first, page by page. */
export const incidentsQuery = (filter: IncidentFilter) =>
  infiniteQueryOptions({
    queryKey: ["incidents", "list", filter],
    queryFn: async ({ pageParam }) => valueOf(await fetchPage(filter, pageParam)),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** What is open now, one page of it: enough for an overview. */
export const openIncidentsQuery = queryOptions({
  queryKey: ["incidents", "open"],
  queryFn: async () => valueOf(await fetchPage({ state: "open" }, undefined)),
});

export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: ["incidents", "one", id],
    queryFn: async () => valueOf(await tagged(client.GET("/api/v1/incidents/{id}", { params: { path: { id } } }))),
  });

/** Address of a still; the centre checks the role at each look. */
export function stillAddress(still: Evidence): string {
  return `/api/v1/blobs/${encodeURIComponent(still.sha256)}`;
}

/** A filter without what is not given, as the generated client wants it. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

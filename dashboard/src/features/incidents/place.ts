// Where an incident is, in one line.
import type { Incident } from "@/data/incidents";

export function placeOf(incident: Pick<Incident, "site" | "cam" | "camera_name" | "lane">): string {
  return [incident.site, incident.camera_name ?? incident.cam, incident.lane].filter((part) => part !== undefined && part !== "").join(" · ");
}

// What each role may see. The centre decides; this only hides doors that it would not open.
import type { Role } from "./session";

export type Right = "incidents" | "stills" | "cameras" | "pictures" | "scenes" | "calibration" | "counts" | "boxes" | "alarms";

const RIGHTS: Record<Role, readonly Right[]> = {
  officer: ["incidents", "stills", "cameras", "pictures", "scenes"],
  operator: ["incidents", "stills", "cameras", "pictures", "scenes", "calibration", "counts", "boxes", "alarms"],
  planner: ["cameras", "counts"],
  admin: ["boxes", "alarms"],
};

export function may(role: Role, right: Right): boolean {
  return RIGHTS[role].includes(right);
}

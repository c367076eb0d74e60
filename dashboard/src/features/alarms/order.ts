// What a person should look at first: by severity, then the newest.
import type { Severity } from "@/data/incidents";

const RANK: Record<Severity, number> = { critical: 0, high: 1, medium: 2, low: 3 };

export function urgentFirst<T extends { severity: Severity } & ({ raised: string } | { started: string })>(items: readonly T[]): T[] {
  const began = (item: T): string => ("raised" in item ? item.raised : item.started);
  return [...items].sort((a, b) => RANK[a.severity] - RANK[b.severity] || began(b).localeCompare(began(a)));
}

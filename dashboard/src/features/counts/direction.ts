// A direction in words: its own name, or along or against the arrow.
import type { Text } from "@/i18n/text";
import type { Flow } from "./model";

export function directionOf(flow: Pick<Flow, "dir" | "name">, text: Text): string {
  return flow.name ?? text(`counts.dir.${flow.dir}`);
}

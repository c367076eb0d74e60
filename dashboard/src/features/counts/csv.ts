// The download: the rows of the table, byte for byte the numbers on the screen.
import { totalOf, type CountsView } from "./model";

/** Spreadsheets need the mark to read Cyrillic as UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

/** RFC 4180. No data is an empty cell, never a zero. Times are UTC. */
export function csvOf(view: CountsView): string {
  const head = ["start", "end", "line", "dir", "direction", ...view.classes, "total", "observed_s", "coverage"];
  const rows = view.slots.flatMap((slot, index) =>
    view.flows.map((flow) => {
      const cell = flow.counts[index];
      return [
        new Date(slot.start).toISOString(),
        new Date(slot.end).toISOString(),
        flow.line,
        flow.dir,
        flow.name ?? "",
        ...view.classes.map((each) => (cell ? cell[each] ?? 0 : "")),
        totalOf(cell) ?? "",
        Math.round(slot.observedS * 10) / 10,
        slot.coverage.toFixed(4),
      ];
    }),
  );
  return `${BYTE_ORDER_MARK}${[head, ...rows].map((row) => row.map(cellOf).join(",")).join("\r\n")}\r\n`;
}

/** A text that a spreadsheet would take for a formula is kept a text. */
function cellOf(value: string | number): string {
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll("\"", "\"\"")}"` : safe;
}

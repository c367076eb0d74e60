// Times for people: exact in the city's zone, and how long ago.
import type { Text } from "./text";

export const DEFAULT_ZONE = "Asia/Bishkek";

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });
    formats.set(zone, format);
  }
  return format;
}

type Part = "day" | "month" | "year" | "hour" | "minute" | "second";

function partsOf(instant: number, zone: string): Record<Part, string> {
  const parts = formatOf(zone).formatToParts(instant);
  return Object.fromEntries(parts.map((part) => [part.type, part.value])) as Record<Part, string>;
}

/** 05.03.2026 14:13:58 */
export function exactTime(instant: number, zone: string): string {
  const p = partsOf(instant, zone);
  return `${p.day}.${p.month}.${p.year} ${p.hour}:${p.minute}:${p.second}`;
}

/** 14:13 */
export function clockTime(instant: number, zone: string): string {
  const p = partsOf(instant, zone);
  return `${p.hour}:${p.minute}`;
}

/** 14:13 when it is the same day there as `now`, else 05.03 14:13. */
export function shortTime(instant: number, zone: string, now: number): string {
  const p = partsOf(instant, zone);
  const today = partsOf(now, zone);
  const sameDay = p.day === today.day && p.month === today.month && p.year === today.year;
  return sameDay ? `${p.hour}:${p.minute}` : `${p.day}.${p.month} ${p.hour}:${p.minute}`;
}

/** A length in words short enough for a list: 40 s, 4 min, 2 h 5 min, 3 days. */
export function lengthText(ms: number, text: Text): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return text("age.seconds", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return text("age.minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return text("age.hours", { h: hours, m: minutes % 60 });
  return text("age.days", { n: Math.floor(hours / 24) });
}

/** How long ago, with "just now" below five seconds (and for clocks that differ a little). */
export function ageText(ms: number, text: Text): string {
  return ms < 5000 ? text("age.now") : text("age.ago", { age: lengthText(ms, text) });
}

/** Start of the bin of `lengthMs` that holds an instant. Zones of whole quarter hours only, as all are today. */
export function binStart(instant: number, lengthMs: number): number {
  return Math.floor(instant / lengthMs) * lengthMs;
}

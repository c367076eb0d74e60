// Which counts are asked for, as it stands in the address.
import type { BinLength } from "@/data/counts";
import { BIN_MS } from "./model";

export const HOURS = [3, 6, 12, 24] as const;
export const BINS = ["15m", "1h"] as const satisfies readonly BinLength[];

export interface CountsSearch {
  dev?: string | undefined;
  cam?: string | undefined;
  hours?: (typeof HOURS)[number] | undefined;
  bin?: BinLength | undefined;
}

export const DEFAULT_HOURS = 6;
export const DEFAULT_BIN = "15m";

export function readCountsSearch(search: Record<string, unknown>): CountsSearch {
  const read = {
    dev: typeof search["dev"] === "string" ? search["dev"] : undefined,
    cam: typeof search["cam"] === "string" ? search["cam"] : undefined,
    hours: HOURS.find((known) => known === Number(search["hours"])),
    bin: BINS.find((known) => known === search["bin"]),
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** The last `hours`, ending with the bin that is running now. */
export function periodOf(hours: number, bin: BinLength, now: number): { from: string; to: string } {
  const length = BIN_MS[bin];
  const to = Math.floor(now / length) * length + length;
  return { from: new Date(to - hours * 3_600_000).toISOString(), to: new Date(to).toISOString() };
}

// The city's time zone, for every time below; and a clock that ticks for all ages at once.
import { createContext, use, useSyncExternalStore } from "react";
import { centreNow } from "@/data/centreClock";
import { DEFAULT_ZONE } from "./time";

export const ZoneContext = createContext<string>(DEFAULT_ZONE);

export function useZone(): string {
  return use(ZoneContext);
}

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = centreNow();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = centreNow();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds since 1970 by the centre's clock, renewed every second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, snapshot);
}

function snapshot(): number {
  // Nobody ticked while nobody listened.
  if (listeners.size === 0 && Math.abs(centreNow() - now) >= TICK_MS) now = centreNow();
  return now;
}

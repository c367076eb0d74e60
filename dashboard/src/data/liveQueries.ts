// What a live event makes old. The event itself is only a hint: the value is asked for again by id,
// so that a missed, doubled or reordered event can never leave a wrong value on the screen.
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import type { ServerEvent } from "./sse";

/** Many events in a burst cost one question each resource and interval. */
const GATHER_MS = 400;

/** The queries that an event makes old; `undefined` for all of them. */
export function staleKeys(event: Pick<ServerEvent, "name" | "data">): readonly QueryKey[] | undefined {
  const { id, dev, cam } = wordsOf(event.data);
  switch (event.name) {
    case "incident":
      return [["incidents", "list"], ["incidents", "open"], id === undefined ? ["incidents", "one"] : ["incidents", "one", id]];
    case "camera":
      return dev === undefined || cam === undefined ? [["cameras"], ["scenes"], ["pictures"]] : [["cameras"], ["scenes", dev, cam], ["pictures", dev, cam]];
    case "box":
      return [["boxes"], ["cameras"]];
    case "counts":
      return [dev === undefined || cam === undefined ? ["counts"] : ["counts", dev, cam]];
    case "alarm":
      return [["alarms"], ["boxes"]];
    case "resync":
      return undefined;
    default:
      return [];
  }
}

function wordsOf(data: string): { id?: string | undefined; dev?: string | undefined; cam?: string | undefined } {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== "object" || value === null) return {};
    const { id, dev, cam } = value as Record<string, unknown>;
    const word = (each: unknown): string | undefined => (typeof each === "string" ? each : undefined);
    return { id: word(id), dev: word(dev), cam: word(cam) };
  } catch {
    return {};
  }
}

/** Gathers events and renews what they made old. */
export class LiveRefresher {
  readonly #queries: QueryClient;
  readonly #waiting = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(queries: QueryClient) {
    this.#queries = queries;
  }

  take(event: ServerEvent): void {
    const keys = staleKeys(event);
    if (keys === undefined) {
      this.all();
      return;
    }
    for (const key of keys) this.#waiting.add(JSON.stringify(key));
    if (this.#waiting.size > 0) this.#timer ??= setTimeout(() => { this.#flush(); }, GATHER_MS);
  }

  /** Everything may have changed: after a gap nothing on the screen is to be trusted. */
  all(): void {
    this.#waiting.clear();
    void this.#queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }

  #flush(): void {
    this.#timer = undefined;
    const keys = [...this.#waiting].map((key) => JSON.parse(key) as QueryKey);
    this.#waiting.clear();
    for (const queryKey of keys) void this.#queries.invalidateQueries({ queryKey });
  }
}

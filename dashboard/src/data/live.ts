// The live line: one stream for the whole page, that comes back by itself and asks for what it missed.
import { centreNow } from "./centreClock";
import { SseParser, type ServerEvent } from "./sse";

/** How the line stands; `since` in milliseconds by the centre's clock. */
export type LineState =
  | { kind: "connecting" }
  | { kind: "open" }
  | { kind: "lost"; since: number }
  | { kind: "ended"; why: "signed_out" | "forbidden" };

export interface LiveHandlers {
  onEvent: (event: ServerEvent) => void;
  onState: (state: LineState) => void;
}

export interface LiveTiming {
  /** The centre sends a sign of life at least every 15 s; a line silent for this long is dead. */
  silenceMs: number;
  /** First pause before another attempt; doubles up to `maxPauseMs`. */
  pauseMs: number;
  maxPauseMs: number;
}

const TIMING: LiveTiming = { silenceMs: 45_000, pauseMs: 1000, maxPauseMs: 15_000 };
const URL = "/api/v1/live";

/** Opens the line and keeps it open until `signal` is aborted. */
export async function keepLine(handlers: LiveHandlers, signal: AbortSignal, timing: LiveTiming = TIMING): Promise<void> {
  let lastId = "";
  let pause = timing.pauseMs;
  let lostSince: number | undefined;
  handlers.onState({ kind: "connecting" });
  while (!signal.aborted) {
    const outcome = await runOnce(lastId, signal, timing.silenceMs, {
      onOpen: () => {
        // The centre answers the last id with what was missed, or with `resync`.
        lostSince = undefined;
        pause = timing.pauseMs;
        handlers.onState({ kind: "open" });
      },
      onEvent: (event) => {
        lastId = event.id;
        handlers.onEvent(event);
      },
    });
    // Aborted while waiting, which the compiler cannot know.
    if (isAborted(signal)) return;
    if (outcome !== "lost") {
      handlers.onState({ kind: "ended", why: outcome });
      return;
    }
    lostSince ??= centreNow();
    handlers.onState({ kind: "lost", since: lostSince });
    await sleep(pause, signal);
    pause = Math.min(pause * 2, timing.maxPauseMs);
  }
}

interface OnceHandlers {
  onOpen: () => void;
  onEvent: (event: ServerEvent) => void;
}

async function runOnce(lastId: string, signal: AbortSignal, silenceMs: number, handlers: OnceHandlers): Promise<"lost" | "signed_out" | "forbidden"> {
  const silence = new Silence(silenceMs);
  try {
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (lastId !== "") headers["last-event-id"] = lastId;
    const response = await globalThis.fetch(URL, { headers, credentials: "same-origin", cache: "no-store", signal: AbortSignal.any([signal, silence.signal]) });
    if (response.status === 401) return "signed_out";
    if (response.status === 403) return "forbidden";
    if (!response.ok || !response.body) return "lost";
    handlers.onOpen();
    await read(response.body, new SseParser(lastId), silence, handlers.onEvent);
    return "lost";
  } catch {
    return "lost";
  } finally {
    silence.stop();
  }
}

async function read(body: ReadableStream<Uint8Array>, parser: SseParser, silence: Silence, onEvent: (event: ServerEvent) => void): Promise<void> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    silence.heard();
    for (const event of parser.push(decoder.decode(value, { stream: true }))) onEvent(event);
  }
}

/** Aborts when nothing was heard for too long: a dead line may give no error at all. */
class Silence {
  readonly #controller = new AbortController();
  readonly #limitMs: number;
  #timer: ReturnType<typeof setTimeout>;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#timer = this.#start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #start(): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      this.#controller.abort();
    }, this.#limitMs);
  }
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

import { afterEach, describe, expect, it, vi } from "vitest";
import { keepLine, type LineState } from "./live";
import type { ServerEvent } from "./sse";

/** Silence is only for the test of silence: on a busy machine any line is silent for a while. */
const PATIENT = { silenceMs: 600_000, pauseMs: 5, maxPauseMs: 20 };
const IMPATIENT = { ...PATIENT, silenceMs: 50 };
const waitFor = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000 });
const stops: (() => Promise<void>)[] = [];

interface Call {
  lastId: string | null;
  send: (text: string) => void;
  close: () => void;
}

/** A centre of which each connection is steered by hand. */
function steered(statuses: number[] = [], timing = PATIENT): { calls: Call[]; states: LineState[]; events: ServerEvent[] } {
  const calls: Call[] = [];
  const states: LineState[] = [];
  const events: ServerEvent[] = [];
  vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
    const status = statuses.shift() ?? 200;
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({ start: (own) => { controller = own; } });
    init.signal?.addEventListener("abort", () => { controller?.error(new Error("aborted")); });
    calls.push({
      lastId: new Headers(init.headers).get("last-event-id"),
      send: (text) => controller?.enqueue(new TextEncoder().encode(text)),
      close: () => controller?.close(),
    });
    return Promise.resolve(new Response(status === 200 ? body : null, { status }));
  });
  const abort = new AbortController();
  const done = keepLine({ onEvent: (event) => events.push(event), onState: (state) => states.push(state) }, abort.signal, timing);
  stops.push(() => { abort.abort(); return done; });
  return { calls, states, events };
}

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  vi.unstubAllGlobals();
});

describe("the live line", () => {
  it("gives events on, and comes back with the last id after a loss", async () => {
    const line = steered();
    await waitFor(() => { expect(line.calls).toHaveLength(1); });
    line.calls[0]?.send("id: 41\nevent: incident\ndata: {}\n\n");
    await waitFor(() => { expect(line.events).toEqual([{ name: "incident", data: "{}", id: "41" }]); });
    line.calls[0]?.close();
    await waitFor(() => { expect(line.calls).toHaveLength(2); });
    expect(line.calls.map((call) => call.lastId)).toEqual([null, "41"]);
    await waitFor(() => { expect(line.states.map((state) => state.kind)).toEqual(["connecting", "open", "lost", "open"]); });
  });

  it("takes a silent line for dead", async () => {
    const line = steered([], IMPATIENT);
    await waitFor(() => { expect(line.calls.length).toBeGreaterThan(1); });
    expect(line.states.some((state) => state.kind === "lost")).toBe(true);
  });

  it("tries on while the centre is away, and keeps the time since when", async () => {
    const line = steered([502, 502, 200]);
    await waitFor(() => { expect(line.states.at(-1)?.kind).toBe("open"); });
    const lost = line.states.filter((state) => state.kind === "lost");
    expect(lost).toHaveLength(2);
    expect(lost[0]?.since).toBe(lost[1]?.since);
  });

  it.each([[401, "signed_out"], [403, "forbidden"]])("ends at %d", async (status, why) => {
    const line = steered([status]);
    await waitFor(() => { expect(line.states.at(-1)).toEqual({ kind: "ended", why }); });
    expect(line.calls).toHaveLength(1);
  });
});

// Server-sent events out of a stream of text (WHATWG HTML §9.2), without the browser's EventSource:
// that one hides the status, forgets the last id when it gives up, and cannot tell a silent line.

export interface ServerEvent {
  /** The event's name; `message` when it has none. */
  name: string;
  data: string;
  /** The last id seen so far in the stream. */
  id: string;
}

/** Takes text in pieces of any size and gives back the events that are complete. */
export class SseParser {
  #rest = "";
  #name = "";
  #data: string[] = [];
  #id: string;

  constructor(lastId = "") {
    this.#id = lastId;
  }

  push(piece: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const event = this.#line(line);
      if (event) events.push(event);
    }
    return events;
  }

  #line(line: string): ServerEvent | undefined {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    return undefined;
  }

  #dispatch(): ServerEvent | undefined {
    const event = this.#data.length > 0 ? { name: this.#name || "message", data: this.#data.join("\n"), id: this.#id } : undefined;
    this.#name = "";
    this.#data = [];
    return event;
  }
}

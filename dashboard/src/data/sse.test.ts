import { describe, expect, it } from "vitest";
import { SseParser } from "./sse";

describe("SseParser", () => {
  it("gives an event once its empty line has come, however it was cut", () => {
    const text = "id: 7\nevent: incident\ndata: {\"id\":\"a\"}\n\n";
    for (let cut = 0; cut <= text.length; cut += 1) {
      const parser = new SseParser();
      const events = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))];
      expect(events, `cut at ${cut}`).toEqual([{ name: "incident", data: "{\"id\":\"a\"}", id: "7" }]);
    }
  });

  it("keeps the last id for events that bring none", () => {
    const parser = new SseParser("3");
    expect(parser.push("data: a\n\nid: 4\ndata: b\n\ndata: c\n\n").map((event) => event.id)).toEqual(["3", "4", "4"]);
  });

  it("passes over comments and joins lines of data", () => {
    const parser = new SseParser();
    expect(parser.push(": still here\n\ndata: a\ndata:b\n\n")).toEqual([{ name: "message", data: "a\nb", id: "" }]);
  });

  it("takes carriage returns as line ends, cut between them or not", () => {
    const parser = new SseParser();
    expect([...parser.push("event: box\r\ndata: x\r"), ...parser.push("\n\r"), ...parser.push("\n")]).toEqual([
      { name: "box", data: "x", id: "" },
    ]);
  });
});

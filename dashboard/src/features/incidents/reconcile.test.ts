import { describe, expect, it } from "vitest";
import { free, held } from "./reconcile";

const items = (...ids: string[]): { id: string; severity?: string }[] => ids.map((id) => ({ id }));
const ids = (list: { rows: { item: { id: string } }[] }): string[] => list.rows.map((row) => row.item.id);

describe("a held list", () => {
  const before = free(items("c", "b", "a")).rows;

  it("lets new ones wait, wherever they belong", () => {
    const list = held(before, items("e", "c", "b2", "b", "a"));
    expect(ids(list)).toEqual(["c", "b", "a"]);
    expect(list.waiting).toBe(2);
  });

  it("renews a row in its place", () => {
    const list = held(before, [{ id: "c" }, { id: "b", severity: "high" }, { id: "a" }]);
    expect(list.rows[1]).toEqual({ item: { id: "b", severity: "high" }, gone: false });
  });

  it("keeps a row that no longer fits, and says so", () => {
    const list = held(before, items("c", "a"));
    expect(list.rows.map((row) => row.gone)).toEqual([false, true, false]);
  });

  it("appends an earlier page", () => {
    const list = held(before, items("c", "b", "a", "z", "y"));
    expect(ids(list)).toEqual(["c", "b", "a", "z", "y"]);
    expect(list.waiting).toBe(0);
  });

  it("shows nothing new when it was empty or all is gone, but counts", () => {
    expect(held([], items("a"))).toEqual({ rows: [], waiting: 1 });
    expect(held(before, items("x")).waiting).toBe(1);
  });
});

import { QueryClient } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { LiveRefresher, staleKeys } from "./liveQueries";

it("makes old what an event names, and no more", () => {
  expect(staleKeys({ name: "incident", data: "{\"id\":\"a\"}" })).toEqual([["incidents", "list"], ["incidents", "open"], ["incidents", "one", "a"]]);
  expect(staleKeys({ name: "camera", data: "{\"dev\":\"b\",\"cam\":\"c\"}" })).toEqual([["cameras"], ["scenes", "b", "c"], ["pictures", "b", "c"]]);
  expect(staleKeys({ name: "counts", data: "not json" })).toEqual([["counts"]]);
  expect(staleKeys({ name: "resync", data: "{}" })).toBeUndefined();
  expect(staleKeys({ name: "news of tomorrow", data: "{}" })).toEqual([]);
});

it("asks once for a burst", () => {
  vi.useFakeTimers();
  const queries = new QueryClient();
  const asked = vi.spyOn(queries, "invalidateQueries").mockResolvedValue();
  const refresher = new LiveRefresher(queries);
  for (let count = 0; count < 20; count += 1) refresher.take({ name: "alarm", data: "{\"id\":\"a\"}", id: String(count) });
  vi.advanceTimersByTime(1000);
  expect(asked.mock.calls.map(([filter]) => filter?.queryKey)).toEqual([["alarms"], ["boxes"]]);
  vi.useRealTimers();
});

it("asks for everything but the session after a gap", () => {
  const queries = new QueryClient();
  queries.setQueryData(["session"], 1);
  queries.setQueryData(["alarms"], 1);
  new LiveRefresher(queries).take({ name: "resync", data: "{}", id: "9" });
  expect(queries.getQueryState(["alarms"])?.isInvalidated).toBe(true);
  expect(queries.getQueryState(["session"])?.isInvalidated).toBe(false);
});

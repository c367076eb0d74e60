// What the pages expect of a browser and the test's document lacks.
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

class NoObserver {
  observe(): void { /* sizes never change here */ }
  unobserve(): void { /* nothing to forget */ }
  disconnect(): void { /* nothing to stop */ }
}

globalThis.ResizeObserver = NoObserver;
configure({ asyncUtilTimeout: 10_000 });
vi.spyOn(window, "scrollTo").mockImplementation(() => undefined);

afterEach(() => {
  cleanup();
  localStorage.clear();
});

// What the pages expect of a browser and the test's document lacks.
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

class NoObserver {
  observe(): void { /* sizes never change here */ }
  unobserve(): void { /* nothing to forget */ }
  disconnect(): void { /* nothing to stop */ }
}

globalThis.ResizeObserver = NoObserver;
// Without a height every row of a list would be in view, and all of them be drawn.
Object.defineProperty(HTMLElement.prototype, "offsetHeight", { get: () => 98 });
configure({ asyncUtilTimeout: 10_000 });
vi.spyOn(window, "scrollTo").mockImplementation(() => undefined);

afterEach(() => {
  cleanup();
  localStorage.clear();
});

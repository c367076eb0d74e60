// The whole application against the fake centre, as a user would meet it.
import { render } from "@testing-library/react";
import userEvent, { PointerEventsCheckLevel, type UserEvent } from "@testing-library/user-event";
import { vi } from "vitest";
import { App } from "@/app/App";
import type { Locale } from "@/i18n/locales";
import { FakeCentre } from "../../dev/fake/centre.ts";
import { createWorld } from "../../dev/fake/world.ts";

export interface Stage {
  centre: FakeCentre;
  user: UserEvent;
}

interface Scene {
  role?: "officer" | "operator" | "planner" | "admin";
  locale?: Locale;
}

/** Opens an address; without a role nobody is signed in. */
export function open(path: string, { role, locale = "en" }: Scene = {}): Stage {
  const centre = new FakeCentre(createWorld(), role);
  localStorage.setItem("kerege.language", locale);
  window.history.replaceState({}, "", path);
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => centre.answer(new Request(new URL(input instanceof Request ? input.url : input, window.location.origin), input instanceof Request ? input : init)));
  render(<App nonce="test" />);
  return { centre, user: userEvent.setup({ pointerEventsCheck: PointerEventsCheckLevel.Never }) };
}

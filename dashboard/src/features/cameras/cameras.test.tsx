import { screen } from "@testing-library/react";
import { createIntl } from "react-intl";
import { describe, expect, it } from "vitest";
import { messagesOf } from "@/i18n/messages";
import type { Text } from "@/i18n/text";
import { open } from "@/testing/app";
import { darkReason } from "./dark";

const intl = createIntl({ locale: "en", messages: messagesOf("en") });
const text: Text = (id, values) => intl.formatMessage({ id }, values);
const now = Date.parse("2026-03-05T09:00:00Z");

describe("a dark camera", () => {
  it.each([
    [{ state: "live", box_online: true } as const, undefined],
    [{ state: "down", box_online: true, since: "2026-03-05T08:02:11.000Z", reason: "connection refused" } as const, "Camera down since 14:02: connection refused"],
    [{ state: "down", box_online: true, since: "2026-03-04T08:02:11.000Z" } as const, "Camera down since 04.03 14:02"],
    [{ state: "frozen", box_online: true, since: "2026-03-05T08:02:11.000Z", reason: "no frame for 3 s" } as const, "Picture frozen since 14:02: no frame for 3 s"],
    [{ state: "blind", box_online: true, since: "2026-03-05T08:02:11.000Z", reason: "covered" } as const, "Camera blind since 14:02: the lens is covered or dirty"],
    [{ state: "moved", box_online: true, since: "2026-03-05T08:02:11.000Z", reason: "shifted" } as const, "Camera moved since 14:02: the view has shifted"],
    [{ state: "live", box_online: false } as const, "The box is offline; what is known of the camera is old"],
    [{ state: "unknown", box_online: true } as const, "The camera's state is not known"],
  ])("%o: %s", (camera, reason) => {
    expect(darkReason(camera, text, "Asia/Bishkek", now)).toBe(reason);
  });
});

it("shows the picture, its age, and what is drawn in words", async () => {
  open("/cameras/bsk-017/c1", { role: "operator" });
  expect((await screen.findByTestId("camera-picture")).getAttribute("src")).toMatch(/^blob:/);
  expect(await screen.findByText(/Picture taken just now/)).toBeTruthy();
  expect((await screen.findByTestId("scene-list")).textContent).toContain("Along the arrow: түндүккө");
});

it("says why a camera is dark and what to do", async () => {
  open("/cameras/bsk-021/c2", { role: "operator" });
  const notice = await screen.findByTestId("camera-dark-notice");
  expect(notice.textContent).toMatch(/Camera down since .*: connection refused/);
  expect(notice.textContent).toContain("Check the camera's power and network");
});

import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { open } from "@/testing/app";

it("says what is wrong now, where, since when", async () => {
  open("/", { role: "operator" });
  const incidents = await screen.findByTestId("now-incidents");
  expect(within(incidents).getAllByTestId("incident-row").length).toBe(2);
  const dark = await screen.findAllByTestId("dark-camera");
  expect(dark.map((camera) => camera.textContent)[0]).toMatch(/Camera down since .*: connection refused/);
  expect((await screen.findAllByTestId("sick-box")).map((box) => box.dataset["dev"])).toEqual(["bsk-021", "bsk-033"]);
  expect((await within(await screen.findByTestId("now-alarms")).findAllByTestId("alarm-row")).map((alarm) => alarm.dataset["alarmKind"])).toEqual(["bad_signature", "box_offline"]);
});

it("is quiet when nothing is wrong", async () => {
  const { centre } = open("/", { role: "officer" });
  for (const incident of centre.world.incidents) incident.open = false;
  for (const camera of centre.world.boxes.flatMap((box) => box.cameras)) Object.assign(camera, { state: "live", box_online: true });
  expect((await screen.findByTestId("now-incidents")).textContent).toBe("No open incidents");
  expect((await screen.findByTestId("now-cameras")).textContent).toBe("Every camera sees");
});

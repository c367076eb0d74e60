import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { open } from "@/testing/app";

const ADDRESS = "/cameras/bsk-017/c1/calibration";

const report = (): Promise<HTMLElement> => screen.findByTestId("calibration-report");
const toml = (): string => screen.getByTestId<HTMLTextAreaElement>("calibration-toml").value;

it("is reached from the camera and says how good the scene's points are", async () => {
  const { user } = open("/cameras/bsk-017/c1", { role: "operator" });
  await user.click(await screen.findByTestId("to-calibration"));
  expect((await report()).dataset["verdict"]).toBe("good");
  expect(await screen.findAllByTestId("calibration-handle")).toHaveLength(7);
  for (const row of screen.getAllByTestId("calibration-row")) expect(row.textContent).toMatch(/\d\.\d\d m\d+\.\d px/);
  expect(screen.getByTestId("calibration-error").textContent).toBe("up to 1.0 %");
  expect(screen.getByTestId("calibration-file").textContent).toContain("This is what the scene holds");
});

it("names the point that is off and what to do, and undoes it", async () => {
  const { user } = open(ADDRESS, { role: "operator" });
  await report();
  const field = screen.getByLabelText<HTMLInputElement>("Point 3, Road x, m");
  await user.clear(field);
  await user.type(field, "4,5");
  const finding = await screen.findByTestId("calibration-finding");
  expect(finding.dataset["point"]).toBe("3");
  expect(finding.textContent).toMatch(/Point 3 is 4\.\d+ m away from where the others put it, and was left out.*Measure it again/);
  expect(screen.getAllByTestId("calibration-row")[2]?.textContent).toContain("left out");
  expect(toml()).toContain("road = [4.5, ");
  expect(screen.getByTestId("calibration-file").textContent).toContain("Differs from the scene: 6 of its 7 points are as they were; new or moved: 3.");
  await user.click(screen.getByTestId("calibration-undo"));
  await waitFor(() => { expect(screen.queryByTestId("calibration-finding")).toBeNull(); });
  expect(field.value).toBe("0");
  await user.click(screen.getByTestId("calibration-redo"));
  expect(toml()).toContain("road = [4.5, ");
});

it("does not pretend to know which of five points is wrong", async () => {
  const { user } = open(ADDRESS, { role: "operator" });
  await report();
  for (const number of [7, 6]) await user.click(within(screen.getAllByTestId("calibration-row")[number - 1] ?? expect.fail("no row")).getByLabelText(`Remove point ${number}`));
  const field = screen.getByLabelText<HTMLInputElement>("Point 3, Road x, m");
  await user.clear(field);
  await user.type(field, "6");
  await waitFor(() => { expect(screen.getAllByTestId("calibration-finding").map((finding) => finding.dataset["code"])).toEqual(["point_left_out", "error_unknown"]); });
  expect(screen.getAllByTestId("calibration-finding")[0]?.textContent).toContain("Only four points are left: the mistake may also be in another one");
});

it("moves a point by arrow keys, with Shift by ten, and takes the moves back at once", async () => {
  const { user } = open(ADDRESS, { role: "operator" });
  const [handle = expect.fail("no handle")] = await screen.findAllByTestId("calibration-handle");
  const x = (): number => Number(screen.getByLabelText<HTMLInputElement>("Point 1, Picture x, px").value);
  const before = x();
  handle.focus();
  await user.keyboard("{ArrowRight}{Shift>}{ArrowRight}{/Shift}");
  expect(x()).toBeCloseTo(before + 11, 1);
  await user.keyboard("{Control>}z{/Control}");
  expect(x()).toBeCloseTo(before, 1);
});

it("adds a point that counts once it is measured, and removes it", async () => {
  const { user } = open(ADDRESS, { role: "operator" });
  await report();
  fireEvent.click(await screen.findByTestId("calibration-add"));
  const row = screen.getAllByTestId("calibration-row")[7] ?? expect.fail("no new row");
  expect(row.textContent).toContain("no road coordinates");
  expect(screen.getByTestId("calibration-file").textContent).toContain("1 point without road coordinates is not in it");
  expect(screen.getByTestId("calibration-chosen").textContent).toContain("Point 8");
  await user.click(within(row).getByLabelText("Remove point 8"));
  expect(screen.getAllByTestId("calibration-row")).toHaveLength(7);
});

it("asks for more points instead of guessing, and says when points lie in a row", async () => {
  const { user } = open("/cameras/bsk-017/c2/calibration", { role: "operator" });
  expect((await screen.findByTestId("calibration-too-few")).textContent).toContain("4 more points needed");
  for (const [index, x] of ["100", "200", "300", "400"].entries()) {
    fireEvent.click(await screen.findByTestId("calibration-add"));
    for (const [name, value] of [["Picture x, px", x], ["Road x, m", x], ["Road y, m", "0"]] as const) {
      const field = screen.getByLabelText(`Point ${index + 1}, ${name}`);
      await user.clear(field);
      await user.type(field, value);
    }
  }
  const refused = await screen.findByTestId("calibration-refused");
  expect(refused.textContent).toContain("The points lie in a row in the picture");
  expect(refused.textContent).toContain("Choose points of which four form a quadrangle");
});

it("keeps a draft on the workstation and takes it up again", async () => {
  const first = open(ADDRESS, { role: "operator" });
  await first.user.click((await screen.findAllByLabelText("Remove point 7"))[0] ?? expect.fail("no button"));
  document.body.replaceChildren();
  const { user } = open(ADDRESS, { role: "operator" });
  await user.click(within(await screen.findByTestId("calibration-kept")).getByRole("button"));
  expect(screen.getAllByTestId("calibration-row")).toHaveLength(7);
  expect(localStorage.getItem("kerege.calibration.bsk-017/c1")).toBeNull();
});

it("is closed to those who may not try calibrations", async () => {
  open(ADDRESS, { role: "officer" });
  expect((await screen.findByTestId("fault-forbidden")).textContent).toContain("Your role may not see this");
});

it.each([["ky", "Чекиттер"], ["ru", "Точки"]] as const)("speaks %s", async (locale, points) => {
  open(ADDRESS, { role: "operator", locale });
  expect(await screen.findByRole("heading", { name: points })).toBeTruthy();
});

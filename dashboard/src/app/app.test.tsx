// What a person meets: the door, the roles, the languages, a lost line.
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { open } from "@/testing/app";

const sections = async (): Promise<string[]> => {
  const nav = await screen.findByRole("navigation", { name: "Sections" });
  return within(nav).getAllByRole("link").map((link) => link.textContent);
};

describe("the door", () => {
  it("opens with name and password, and leads to the address asked for", async () => {
    const { user } = open("/incidents?state=open");
    await user.type(await screen.findByTestId("sign-in-name"), "officer");
    await user.type(screen.getByTestId("sign-in-password"), "kerege{Enter}");
    expect(await screen.findByRole("heading", { name: "Incidents" })).toBeTruthy();
    expect(window.location.search).toBe("?state=open");
  });

  it("says what is wrong when it does not open", async () => {
    const { user } = open("/");
    await user.type(await screen.findByTestId("sign-in-name"), "officer");
    await user.type(screen.getByTestId("sign-in-password"), "guess{Enter}");
    expect((await screen.findByTestId("sign-in-problem")).textContent).toContain("does not fit");
  });

  it("asks for both before it asks the centre", async () => {
    const { user } = open("/");
    await user.click(await screen.findByTestId("sign-in-submit"));
    expect((await screen.findByTestId("sign-in-problem")).textContent).toBe("Enter name and password.");
  });

  it("says so when the session has ended", async () => {
    const { centre, user } = open("/alarms", { role: "operator" });
    await screen.findByRole("heading", { name: "Alarms" });
    centre.role = undefined;
    await user.click(screen.getByRole("link", { name: "Boxes" }));
    expect((await screen.findByTestId("session-ended")).textContent).toContain("session has ended");
  });

  it("closes behind the one who leaves", async () => {
    const { user } = open("/", { role: "operator" });
    await user.click((await screen.findAllByTestId("sign-out"))[0] ?? expect.fail());
    expect(await screen.findByTestId("sign-in")).toBeTruthy();
  });
});

describe("roles", () => {
  it.each([
    ["officer", ["Now", "Incidents", "Cameras"]],
    ["operator", ["Now", "Incidents", "Cameras", "Counts", "Boxes", "Alarms"]],
    ["planner", ["Now", "Counts"]],
    ["admin", ["Now", "Boxes", "Alarms"]],
  ] as const)("%s sees %s", async (role, names) => {
    open("/", { role });
    expect(await sections()).toEqual(names);
  });

  it("is told in words what it may not see", async () => {
    open("/boxes", { role: "officer" });
    expect((await screen.findByTestId("fault-forbidden")).textContent).toContain("Your role may not see this");
  });
});

it.each([["ky", "Окуялар"], ["ru", "Происшествия"], ["en", "Incidents"]] as const)("speaks %s", async (locale, title) => {
  open("/incidents", { role: "officer", locale });
  expect(await screen.findByRole("heading", { name: title })).toBeTruthy();
  expect(document.documentElement.lang).toBe(locale);
});

it("changes the language and remembers it", async () => {
  const { user } = open("/incidents", { role: "officer" });
  await user.selectOptions(await screen.findByTestId("language"), "ky");
  expect(await screen.findByRole("heading", { name: "Окуялар" })).toBeTruthy();
  expect(localStorage.getItem("kerege.language")).toBe("ky");
});

it("says so when the centre is away, and what is shown stays", async () => {
  const { centre } = open("/alarms", { role: "operator" });
  await screen.findAllByTestId("alarm-row");
  await waitFor(() => { expect(centre.lines).toBe(1); });
  centre.dead = true;
  centre.hangUp();
  expect((await screen.findByTestId("line-lost")).textContent).toContain("Connection to the centre lost");
  expect(screen.getAllByTestId("alarm-row").length).toBeGreaterThan(0);
});

it("knows a wrong address", async () => {
  open("/nowhere", { role: "operator" });
  expect(await screen.findByText("There is no such page")).toBeTruthy();
});

import { screen, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { open } from "@/testing/app";

// A canvas is nothing that this document can paint; what the library is told is tested beside it.
vi.mock("@/components/chart/StackedBars", () => ({ StackedBars: ({ label }: { label: string }) => <div role="img" aria-label={label} /> }));

it("shows counts by line, direction and class, and no data as no data", async () => {
  open("/counts?dev=bsk-017&cam=c1", { role: "planner" });
  const table = await screen.findByTestId("counts-table");
  expect(screen.getAllByTestId("counts-chart")).toHaveLength(3);
  const gaps = table.querySelectorAll("tr[data-state=none]");
  expect(gaps.length).toBeGreaterThan(0);
  for (const gap of gaps) {
    expect(gap.textContent).toContain("No data");
    expect(gap.hasAttribute("data-total")).toBe(false);
  }
  const full = table.querySelector<HTMLElement>("tr[data-state=full]") ?? expect.fail();
  const cells = within(full).getAllByRole("cell").map((cell) => cell.textContent);
  expect(Number(full.dataset["total"])).toBe(cells.slice(2, -2).reduce((sum, cell) => sum + Number(cell), 0));
  expect(screen.getByTestId("counts-coverage").textContent).toMatch(/^\d+ % of the period observed/);
});

it("shows from where to where, and lanes with what is known of them", async () => {
  open("/counts?dev=bsk-017&cam=c1", { role: "planner" });
  const table = await screen.findByTestId("movements-table");
  const row = table.querySelector<HTMLElement>("tr[data-from=N]") ?? expect.fail();
  const [toN, toN2] = ["N", "N2"].map((to) => row.querySelector(`[data-to="${to}"]`)?.textContent);
  expect(toN).toBe("0");
  expect(row.querySelector("[data-total]")?.textContent).toBe(toN2);
  expect(screen.getByTestId("movements-unassigned").textContent).toMatch(/^[\d,]+ more road users/);
  const lanes = screen.getByTestId("lanes-table");
  expect(within(lanes).getAllByText("No data").length).toBeGreaterThan(0);
});

it("leads the planner straight to the counts", async () => {
  open("/", { role: "planner" });
  expect(await screen.findByRole("heading", { name: "Counts" })).toBeTruthy();
});

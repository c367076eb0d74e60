import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { open } from "@/testing/app";

const rows = async (): Promise<HTMLElement[]> => screen.findAllByTestId("incident-row");
const ids = async (): Promise<(string | null)[]> => (await rows()).map((row) => row.getAttribute("data-incident-id"));

describe("the queue", () => {
  it("shows a new incident without reloading", async () => {
    const { centre } = open("/incidents", { role: "officer" });
    await rows();
    await waitFor(() => { expect(centre.lines).toBe(1); });
    const id = centre.begin();
    await waitFor(async () => { expect((await ids())[0]).toBe(id); });
  });

  it("does not move under a hand: the new one waits behind a chip", async () => {
    const { centre, user } = open("/incidents", { role: "officer" });
    const before = await ids();
    await waitFor(() => { expect(centre.lines).toBe(1); });
    await user.hover(screen.getByTestId("incident-list"));
    const id = centre.begin();
    const chip = await screen.findByTestId("queue-new");
    expect(chip.textContent).toBe("1 new: show");
    expect((await ids())[0]).toBe(before[0]);
    await user.click(chip);
    await waitFor(async () => { expect((await ids())[0]).toBe(id); });
    expect(screen.queryByTestId("queue-new")).toBeNull();
  });

  it("takes its filter from the address and writes it there", async () => {
    const { user } = open("/incidents?type=wrong_way", { role: "officer" });
    for (const row of await rows()) expect(row.getAttribute("data-incident-type")).toBe("wrong_way");
    await user.selectOptions(screen.getByTestId("filter-type"), "congestion");
    await waitFor(async () => { expect((await rows()).every((row) => row.getAttribute("data-incident-type") === "congestion")).toBe(true); });
    expect(window.location.search).toBe("?type=congestion");
  });

  it("goes by keys: j down, k up, whatever letter is on them", async () => {
    open("/incidents", { role: "officer" });
    const [first, second] = await rows();
    const press = (code: string, key: string): void => { fireEvent.keyDown(document.activeElement ?? document.body, { code, key }); };
    press("KeyJ", "j");
    await waitFor(() => { expect(document.activeElement).toBe(first); });
    press("KeyJ", "о");
    await waitFor(() => { expect(document.activeElement).toBe(second); });
    press("KeyK", "л");
    await waitFor(() => { expect(document.activeElement).toBe(first); });
    press("Slash", "?");
    expect(await screen.findByTestId("key-help")).toBeTruthy();
  });

  it("says what an empty queue means", async () => {
    open("/incidents?site=NOWHERE", { role: "officer" });
    expect((await screen.findByTestId("queue-empty")).textContent).toContain("No incidents fit this filter");
  });
});

describe("an incident", () => {
  const openOne = async (index: number, role: "officer" | "operator" = "officer") => {
    const { FakeCentre } = await import("../../../dev/fake/centre.ts");
    const { createWorld } = await import("../../../dev/fake/world.ts");
    const { id } = new FakeCentre(createWorld()).world.incidents[index] ?? expect.fail();
    return open(`/incidents/${id}`, { role });
  };

  it("shows the still, that it is not masked, the timeline and the proof", async () => {
    const { centre } = await openOne(4);
    const incident = centre.world.incidents[4] ?? expect.fail();
    expect((await screen.findByTestId("incident-still")).getAttribute("src")).toBe(`/api/v1/blobs/${incident.still?.sha256 ?? ""}`);
    expect(screen.getByTestId("not-masked").textContent).toContain("Not masked");
    expect(within(screen.getByTestId("timeline")).getAllByRole("listitem")).toHaveLength(incident.events.length);
    expect(screen.getByTestId("signature").getAttribute("data-verdict")).toBe("ok");
    expect(screen.getByTestId("chain").getAttribute("data-chain")).toBe("contiguous");
  });

  it("says when a signature does not fit", async () => {
    const { centre } = await openOne(2);
    await screen.findByTestId("signature");
    const incident = centre.world.incidents[2] ?? expect.fail();
    incident.signature_ok = false;
    incident.chain = "forked";
    centre.tell("incident", { id: incident.id });
    await waitFor(() => { expect(screen.getByTestId("signature").getAttribute("data-verdict")).toBe("bad"); });
    expect(screen.getByTestId("chain").textContent).toContain("forked");
  });

  it("names a link that leads nowhere", async () => {
    open("/incidents/no-such-id", { role: "officer" });
    expect((await screen.findByTestId("fault-not_found")).textContent).toContain("There is no such thing");
  });
});

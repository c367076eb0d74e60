// A centre that answers like the real one, as far as the dashboard asks: a function from request to
// response, so that the development server and the tests share it.
import { addIncident, countsOf, endIncident, sceneOf, time, trafficAt, type World } from "./world.ts";
import { reportOf, type Question } from "./calibration.ts";
import { drawStreet } from "./street.ts";

const ROLES = ["officer", "operator", "planner", "admin"] as const;
type Role = (typeof ROLES)[number];

/** Which part of the API each role may reach; the centre's own table is the one that counts. */
const CLOSED: Record<Role, RegExp> = {
  officer: /^\/(statistics|boxes|alarms|calibration)/,
  operator: /^never$/,
  planner: /^\/(incidents|blobs|boxes|alarms|calibration|cameras\/.+\/(scene|picture))/,
  admin: /^\/(incidents|blobs|statistics|calibration|cameras)/,
};

const SITE_NAMES: Record<string, string> = { "BSK-017": "Чүй пр. × Манас пр.", "BSK-021": "Жибек Жолу пр. × Ибраимов көч.", "BSK-033": "Ахунбаев көч. × Байтик баатыр көч." };

/** Only for development: the name is the role. */
export const DEV_PASSWORD = "kerege";

type Listener = (name: string, data: object) => void;

export class FakeCentre {
  readonly world: World;
  role: Role | undefined;
  /** When set, no answer at all. */
  dead = false;
  readonly #listeners = new Set<Listener>();
  readonly #hangUps = new Set<() => void>();
  #eventId = 0;

  constructor(world: World, role?: Role) {
    this.world = world;
    this.role = role;
  }

  /** Tells everybody on the live line. */
  tell(name: string, data: object): void {
    for (const listener of this.#listeners) listener(name, data);
  }

  /** Begins an incident and tells of it. */
  begin(): string {
    const incident = addIncident(this.world, this.world.now() - 9000, true);
    this.tell("incident", { id: incident.id, type: incident.type, phase: "start", severity: incident.severity, dev: incident.dev, site: incident.site });
    return incident.id;
  }

  end(id: string): void {
    endIncident(this.world, id);
    this.tell("incident", { id, phase: "end" });
  }

  /** Cuts every live line. */
  hangUp(): void {
    for (const close of this.#hangUps) close();
  }

  /** The lines that are open now. */
  get lines(): number {
    return this.#listeners.size;
  }

  async answer(request: Request): Promise<Response> {
    if (this.dead) throw new TypeError("fetch failed");
    const url = new URL(request.url);
    const path = url.pathname.replace(/^\/api\/v1/, "");
    if (path === "/session") return this.#session(request);
    if (!this.role) return problem(401, "signed_out");
    if (CLOSED[this.role].test(path)) return problem(403, "forbidden");
    if (path === "/live") return this.#live(request.signal);
    if (path === "/calibration/fit") return this.#fit(request);
    return this.#read(path, url.searchParams);
  }

  async #session(request: Request): Promise<Response> {
    if (request.method === "DELETE") {
      this.role = undefined;
      return new Response(null, { status: 204 });
    }
    if (request.method === "POST") {
      const { name, password } = (await request.json()) as { name: string; password: string };
      const role = ROLES.find((known) => known === name);
      if (!role || password !== DEV_PASSWORD) return problem(401, "wrong_credentials");
      this.role = role;
    }
    if (!this.role) return problem(401, "signed_out");
    return json({ name: this.role, role: this.role, expires: time(this.world.now() + 43_200_000), time_zone: "Asia/Bishkek" });
  }

  async #fit(request: Request): Promise<Response> {
    const report = reportOf((await request.json()) as Question);
    return typeof report === "string" ? problem(400, "bad_request", report) : json(report);
  }

  #read(path: string, query: URLSearchParams): Response {
    const { world } = this;
    const [, resource = "", a = "", b = "", c = ""] = path.split("/").map(decodeURIComponent);
    const cameras = world.boxes.flatMap((box) => box.cameras);
    if (resource === "sites") return json(world.boxes.map((box) => ({ site: box.site, name: SITE_NAMES[box.site] ?? box.site })));
    if (resource === "alarms") return json(world.alarms);
    if (resource === "boxes") return a === "" ? json(world.boxes) : found(world.boxes.find((box) => box.dev === a));
    if (resource === "blobs") return this.#still(a);
    if (resource === "statistics") return json(countsOf(query.get("dev") ?? "", query.get("cam") ?? "", Date.parse(query.get("from") ?? ""), Date.parse(query.get("to") ?? ""), query.get("bin") === "1h" ? "1h" : "15m", world.now()));
    if (resource === "incidents") return a === "" ? this.#incidents(query) : found(world.incidents.find((incident) => incident.id === a));
    if (resource !== "cameras") return problem(404, "not_found");
    if (a === "") return json(cameras);
    if (c === "scene") return json(sceneOf(b));
    const camera = cameras.find((each) => each.dev === a && each.cam === b);
    return c === "picture" ? this.#picture(camera?.picture_captured, camera?.state === "live", `${a}${b}`) : found(camera);
  }

  #incidents(query: URLSearchParams): Response {
    const state = query.get("state") ?? "all";
    const fits = this.world.incidents.filter((incident) =>
      (state === "all" || incident.open === (state === "open")) &&
      (["type", "severity", "site", "cam"] as const).every((key) => query.get(key) === null || query.get(key) === incident[key]) &&
      incident.started >= (query.get("from") ?? ""));
    const start = Number(query.get("before") ?? 0);
    const limit = Number(query.get("limit") ?? 50);
    return json({ items: fits.slice(start, start + limit), ...(start + limit < fits.length ? { next: String(start + limit) } : {}) });
  }

  #still(hash: string): Response {
    const vehicles = this.world.stills.get(hash);
    return vehicles ? svg(drawStreet(vehicles, Number.parseInt(hash.slice(0, 2), 16) % 3 === 0 ? "night" : "day"), {}) : problem(404, "not_found");
  }

  #picture(captured: string | undefined, live: boolean, seed: string): Response {
    if (captured === undefined) return problem(404, "not_yet");
    const at = live ? this.world.now() - 1500 : Date.parse(captured);
    return svg(drawStreet(trafficAt(at, seed.charCodeAt(seed.length - 1)), "day"), { "kerege-captured": time(at) });
  }

  #live(signal: AbortSignal): Response {
    let stop = (): void => undefined;
    const text = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const send = (piece: string): void => { controller.enqueue(text.encode(piece)); };
        const listener: Listener = (name, data) => { send(`id: ${++this.#eventId}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`); };
        this.#listeners.add(listener);
        const life = setInterval(() => { send(": alive\n\n"); }, 10_000);
        stop = () => {
          clearInterval(life);
          this.#listeners.delete(listener);
        };
        send(": welcome\n\n");
        const close = (): void => {
          stop();
          this.#hangUps.delete(close);
          try { controller.close(); } catch { /* the reader left first */ }
        };
        this.#hangUps.add(close);
        signal.addEventListener("abort", close);
      },
      cancel: () => { stop(); },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
  }
}

function json(value: unknown): Response {
  return new Response(JSON.stringify(value), { headers: { "content-type": "application/json", date: new Date().toUTCString() } });
}

function svg(text: string, headers: Record<string, string>): Response {
  return new Response(text, { headers: { "content-type": "image/svg+xml", ...headers } });
}

function found(value: unknown): Response {
  return value === undefined ? problem(404, "not_found") : json(value);
}

function problem(status: number, code: string, detail?: string): Response {
  return new Response(JSON.stringify({ type: "about:blank", title: code.replaceAll("_", " "), status, code, detail }), { status, headers: { "content-type": "application/problem+json" } });
}

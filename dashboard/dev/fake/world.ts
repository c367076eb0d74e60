// A small city for development and tests: boxes, cameras, incidents, counts, alarms, all in one
// plain state that tests may change. Nothing here is random: the same instant gives the same city.
import type { components } from "../../src/data/schema";
import { boxOf, framePoint, roadPoint, type Vehicle } from "./street.ts";

type Schemas = components["schemas"];
export type Incident = Schemas["Incident"];
export type IncidentEvent = Schemas["IncidentEvent"];

export interface World {
  /** Milliseconds since 1970. */
  now: () => number;
  boxes: Schemas["Box"][];
  incidents: Schemas["IncidentDetail"][];
  alarms: Schemas["Alarm"][];
  /** Vehicles on a still, by its hash. */
  stills: Map<string, Vehicle[]>;
}

const MINUTE = 60_000;
export const time = (ms: number): string => new Date(ms).toISOString();
const hash = (seed: number): string => Array.from({ length: 64 }, (_, index) => ((seed * 7919 + index * 104_729 + (seed ^ index) * 31) % 16).toString(16)).join("");

const CAMERAS: readonly (readonly [dev: string, cam: string, site: string, name: string])[] = [
  ["bsk-017", "c1", "BSK-017", "Чүй × Манас, түндүк"],
  ["bsk-017", "c2", "BSK-017", "Чүй × Манас, түштүк"],
  ["bsk-021", "c1", "BSK-021", "Жибек Жолу × Ибраимов"],
  ["bsk-021", "c2", "BSK-021", "Жибек Жолу, аялдама"],
  ["bsk-033", "c1", "BSK-033", "Ахунбаев × Байтик баатыр"],
];

const KINDS = ["stopped_vehicle", "wrong_way", "pedestrian_on_road", "crash_suspected", "stopped_vehicle", "congestion"] as const;
const SEVERITY: Record<(typeof KINDS)[number], Schemas["Severity"]> = { stopped_vehicle: "high", wrong_way: "critical", pedestrian_on_road: "high", crash_suspected: "critical", congestion: "low" };

export function createWorld(now: () => number = Date.now): World {
  const world: World = { now, boxes: [], incidents: [], alarms: [], stills: new Map() };
  world.boxes = ["bsk-017", "bsk-021", "bsk-033"].map((dev) => boxOfCity(dev, now()));
  for (let index = 60; index >= 1; index -= 1) addIncident(world, now() - index * index * 0.35 * MINUTE - 40_000, index < 3);
  world.alarms = alarmsOfCity(now());
  return world;
}

/** Begins (and, unless it is to stay open, ends) one incident. */
export function addIncident(world: World, at: number, open: boolean): Schemas["IncidentDetail"] {
  const number = world.incidents.length;
  const type = KINDS[number % KINDS.length] ?? "stopped_vehicle";
  const [dev, cam, site, name] = CAMERAS[number % 4] ?? ["bsk-017", "c1", "BSK-017", "c1"];
  const vehicles = vehiclesOf(number, type);
  const chief = vehicles.at(-1);
  const still: Schemas["Evidence"] = { role: "still", mime: "image/jpeg", bytes: 48_120 + number, sha256: hash(number + 1), masked: false, stored: number % 17 !== 5 };
  world.stills.set(still.sha256, vehicles);
  const objects: Schemas["EventObject"][] = chief ? [{ track: chief.track, class: chief.class, conf: 0.91, box: boxOf(chief), ...(type === "wrong_way" ? { speed_kmh: 37.4, speed_err_kmh: 1.9 } : {}) }] : [];
  const length = (2 + (number % 7)) * MINUTE * 0.7;
  const seq = number * 3 + 2;
  const base = { type, severity: SEVERITY[type], signature_ok: number % 29 !== 11, chain: number % 23 === 7 ? ("pending" as const) : ("contiguous" as const), obj: objects, evidence: [] as Schemas["Evidence"][], lane: "N-L1", rule: { id: `${type.split("_")[0] ?? type}-N`, ver: 7, hash: `sha256:${hash(3)}` }, model: { id: "yolox-nano", hash: `sha256:${hash(4)}` } };
  const moment = (step: number, phase: IncidentEvent["phase"], ms: number): IncidentEvent => ({ ...base, id: `${uuid(number)}-${step}`, epoch: 3, seq: seq + step, hash: hash(seq + step), phase, ts: { event: time(ms), detected: time(ms + 8200), src: "estimated", err_ms: 40, clock: { src: "ntp", state: "locked", off_ms: 3.1, err_ms: 12 } }, received: time(ms + 8900) });
  const events = [{ ...moment(0, "start", at), evidence: [still] }, moment(1, "update", at + length / 3), ...(open ? [] : [{ ...moment(2, "end", at + length), reason: "moved" }])];
  const incident: Schemas["IncidentDetail"] = {
    id: uuid(number), type, class: "incident", severity: SEVERITY[type], dev, site, cam, camera_name: name, lane: "N-L1", started: time(at),
    ...(open ? {} : { ended: time(at + length), reason: "moved" }), open, updated: time(at + length), time_err_ms: 40, still, objects, events, chain: base.chain, signature_ok: base.signature_ok,
  };
  world.incidents.unshift(incident);
  return incident;
}

/** Ends an incident that is open. */
export function endIncident(world: World, id: string): void {
  const incident = world.incidents.find((each) => each.id === id);
  const last = incident?.events.at(-1);
  if (!incident || !last) return;
  const ended = time(world.now());
  Object.assign(incident, { open: false, ended, reason: "moved" });
  incident.events.push({ ...last, id: `${id}-end`, phase: "end", seq: last.seq + 1, reason: "moved", received: ended, ts: { ...last.ts, event: ended }, evidence: [] });
}

/** The street of a camera at an instant: traffic that moves on. */
export function trafficAt(ms: number, seed: number): Vehicle[] {
  const classes = ["car", "car", "van", "car", "bus", "car", "truck", "bicycle"] as const;
  const colours = ["#b9bec4", "#2d4a6b", "#d8d2c4", "#7c2b2b", "#4f7a52", "#20242a", "#8a7a5c", "#c9a227"];
  return classes.map((kind, index) => {
    const progress = ((ms / 9000 + index * 0.137 + seed * 0.31) % 1 + 1) % 1;
    const down = index % 2 === 0;
    return { track: `t-${index + 1}`, class: kind, across: (down ? 0.25 : -0.75) + (index % 4 < 2 ? 0 : 0.5), along: down ? progress : 1 - progress, colour: colours[index] ?? "#888" };
  });
}

export function sceneOf(cam: string): Schemas["Scene"] {
  if (cam === "c2") return { v: 1, line: [], lane: [], zone: [], leg: [], mask: [], rule: [] };
  return {
    v: 1,
    line: [{ id: "N", a: framePoint(1.02, 0.62), b: framePoint(-1.02, 0.62), forward: "түндүккө", backward: "түштүккө", band: 0.25 }, { id: "N2", a: framePoint(1.02, 0.36), b: framePoint(0, 0.36), forward: "борборго", backward: "борбордон", band: 0.25 }],
    lane: [
      { id: "N-L1", polygon: [framePoint(0.5, 0.05), framePoint(1, 0.05), framePoint(1, 0.98), framePoint(0.5, 0.98)], centre: [framePoint(0.75, 0.95), framePoint(0.75, 0.1)], live: true },
      { id: "S-L1", polygon: [framePoint(-1, 0.05), framePoint(-0.5, 0.05), framePoint(-0.5, 0.98), framePoint(-1, 0.98)], centre: [framePoint(-0.75, 0.1), framePoint(-0.75, 0.95)], live: true },
    ],
    zone: [{ id: "stop-N", kind: "waiting", polygon: [framePoint(0, 0.7), framePoint(0.48, 0.7), framePoint(0.48, 0.92), framePoint(0, 0.92)] }],
    leg: [], mask: [],
    calibration: { unit: "metres", points: ([[-1, 0.92], [1, 0.92], [0, 0.8], [0.5, 0.6], [-1, 0.5], [1, 0.42], [-0.5, 0.36]] as const).map(([across, along]) => ({ image: framePoint(across, along), road: roadPoint(across, along) })) },
    rule: [
      { id: "stop-N", ver: 7, type: "stopped_vehicle", severity: "high", lanes: ["N-L1"], cooldown_s: 60, min_box_height: 0.03, confirm_s: 8, window_s: 2, max_speed_kmh: 3, max_box_widths: 0.3, max_cycle_s: 120 },
      { id: "wrong-N", ver: 2, type: "wrong_way", severity: "critical", cooldown_s: 60, min_box_height: 0.03, min_angle_deg: 120, min_distance_m: 8, min_box_lengths: 2, min_s: 1, min_votes: 0.9 },
    ],
  };
}

/** Counts with a full stretch, an outage, an incomplete bin, and the one that is running. */
export function countsOf(dev: string, cam: string, from: number, to: number, bin: Schemas["Counts"]["bin"], now: number): Schemas["Counts"] {
  const length = bin === "1h" ? 60 * MINUTE : 15 * MINUTE;
  const bins: Schemas["CountBin"][] = [];
  for (let start = Math.floor(from / length) * length; start < to && start < now; start += length) {
    const index = Math.floor(start / length);
    const back = Math.floor((now - start) / length);
    if (back === 7 || back === 8 || back === 9) continue;
    const whole = Math.min(length, now - start) / 1000;
    const observed = back === 10 ? whole * 0.4 : back === 4 ? whole * 0.81 : whole;
    const share = observed / (length / 1000);
    const volume = (50 + 42 * Math.sin(index / 9)) * (bin === "1h" ? 4 : 1) * share;
    const cell = (line: string, dir: "forward" | "backward", name: string, part: number): Schemas["CountCell"] => ({ line, dir, name, classes: { car: Math.round(volume * part), van: Math.round(volume * part * 0.22), bus: Math.round(volume * part * 0.08), truck: Math.round(volume * part * 0.06), bicycle: Math.round(share * ((index % 3) + 1)) } });
    const movements: Schemas["MovementCell"][] = [{ from: "N", to: "N2", classes: { car: Math.round(volume * 0.4), bus: Math.round(volume * 0.03) } }, { from: "N2", to: "N", classes: { car: Math.round(volume * 0.25) } }];
    const lanes: Schemas["LaneCell"][] = [{ lane: "N-L1", occupancy: Math.min(1, volume / 400), queue_max_m: Math.round(volume / 2) }, { lane: "S-L1", occupancy: Math.min(1, volume / 700) }];
    bins.push({ start: time(start), end: time(start + length), observed_s: observed, coverage: share, movements, lanes, unassigned: { car: Math.round(volume * 0.05) }, cells: [cell("N", "forward", "түндүккө", 1), cell("N", "backward", "түштүккө", 0.72), cell("N2", "forward", "борборго", 0.4)] });
  }
  return { dev, cam, from: time(from), to: time(to), bin, bins };
}

function boxOfCity(dev: string, now: number): Schemas["Box"] {
  const site = dev.toUpperCase();
  const offline = dev === "bsk-033";
  const cameras = CAMERAS.filter(([own]) => own === dev).map(([, cam, , name], index): Schemas["Camera"] => {
    const base = { dev, cam, site, name, box_online: !offline };
    if (offline) return { ...base, state: "unknown" };
    if (dev === "bsk-021" && index === 1) return { ...base, state: "down", since: time(now - 47 * MINUTE), reason: "connection refused", picture_captured: time(now - 47 * MINUTE), fps_in: 0, fps_analysed: 0, dropped: 41, reconnects: 18 };
    return { ...base, state: "live", since: time(now - 300 * MINUTE), last_frame: time(now - 400), picture_captured: time(now - 2000), fps_in: 25, fps_analysed: 9.8, dropped: 12 + index, reconnects: 1, latency_ms: 84, size: [1280, 720], time_src: "estimated", time_err_ms: 40 };
  });
  const health: Partial<Schemas["Box"]> = {
    health_at: time(now - 12_000), software: "0.1.0", uptime_s: 401_220, model: dev === "bsk-021" ? { problem: "yolox-nano.onnx: file is missing" } : dev === "bsk-017" ? { id: "kerege-nano-fp32", problem: "model 'kerege-nano' computes wrongly on this machine; 'kerege-nano-fp32' is used instead" } : { id: "yolox-nano", hash: `sha256:${hash(4)}` },
    temperature_c: 61, disk_free_bytes: 81_300_000_000, memory_bytes: 312_000_000, clock: { src: "ntp", state: "locked", off_ms: 3.1, err_ms: 12 },
    outbox: dev === "bsk-021" ? { events_waiting: 3, facts_waiting: 12, quarantined: 1, blobs_waiting: 2, oldest: time(now - 95_000) } : { events_waiting: 0, facts_waiting: 0, quarantined: 0, blobs_waiting: 0 },
    chain: dev === "bsk-021" ? { state: "pending", epoch: 3, upto: 48_208, known: 48_211 } : { state: "contiguous", epoch: 3, upto: 190, known: 190 },
  };
  return { dev, site, presence: offline ? "offline" : "online", since: time(now - 190 * MINUTE), cameras, alarms_open: offline ? 1 : 0, ...(offline ? {} : health) };
}

function alarmsOfCity(now: number): Schemas["Alarm"][] {
  return [
    { id: "a1", kind: "box_offline", severity: "high", dev: "bsk-033", raised: time(now - 190 * MINUTE), last: time(now - 190 * MINUTE), count: 1, open: true },
    { id: "a2", kind: "bad_signature", severity: "critical", dev: "bsk-021", detail: "event 3/48207: the signature is not by this device's key", raised: time(now - 26 * MINUTE), last: time(now - 3 * MINUTE), count: 4, open: true },
    { id: "a3", kind: "camera_down", severity: "medium", dev: "bsk-017", raised: time(now - 600 * MINUTE), last: time(now - 600 * MINUTE), count: 1, open: false, cleared: time(now - 580 * MINUTE) },
  ];
}

function vehiclesOf(number: number, type: (typeof KINDS)[number]): Vehicle[] {
  const others = trafficAt(number * 1370, number).filter((vehicle) => vehicle.along < 0.55).slice(0, 4);
  const kind = type === "pedestrian_on_road" ? "person" : (["car", "van", "car", "truck"] as const)[number % 4] ?? "car";
  return [...others, { track: `t-${9912 + number}`, class: kind, across: 0.72, along: 0.62 + (number % 4) * 0.06, colour: ["#c8372d", "#e6e2d8", "#2f5d8a", "#6a6f73"][number % 4] ?? "#c8372d" }];
}

function uuid(number: number): string {
  return `0195f0c2-7a00-7000-8000-${number.toString(16).padStart(12, "0")}`;
}

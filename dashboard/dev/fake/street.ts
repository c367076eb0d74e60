// A street as a camera over it would show it, drawn as SVG: road in perspective, vehicles with exact
// boxes. Good enough to judge overlays on; never shipped.

export interface Vehicle {
  track: string;
  class: "car" | "van" | "bus" | "truck" | "motorcycle" | "bicycle" | "person" | "vehicle";
  /** Across the road, -1..1 from left to right kerb. */
  across: number;
  /** Along the road, 0 far to 1 near. */
  along: number;
  colour: string;
}

export const WIDTH = 1280;
export const HEIGHT = 720;
const HORIZON = 210;

/** Box of a vehicle, 0..1 of the frame: x1, y1, x2, y2. */
export function boxOf(vehicle: Vehicle): [number, number, number, number] {
  const { x, y, scale } = ground(vehicle.across, vehicle.along);
  const [w, h] = SIZES[vehicle.class];
  return [(x - (w * scale) / 2) / WIDTH, (y - h * scale) / HEIGHT, (x + (w * scale) / 2) / WIDTH, y / HEIGHT];
}

const SIZES: Record<Vehicle["class"], [number, number]> = { car: [150, 105], van: [165, 150], bus: [215, 230], truck: [210, 220], motorcycle: [60, 95], bicycle: [50, 95], person: [42, 120], vehicle: [150, 110] };

/** A point of the road in pixels, and how large things are there. */
export function ground(across: number, along: number): { x: number; y: number; scale: number } {
  const depth = along ** 1.6;
  const half = 70 + depth * 640;
  return { x: WIDTH * 0.52 + across * half - depth * 40, y: HORIZON + 25 + depth * (HEIGHT - HORIZON - 40), scale: 0.16 + depth * 1.15 };
}

/** The same place in 0..1 of the frame. */
export function framePoint(across: number, along: number): [number, number] {
  const { x, y } = ground(across, along);
  return [round(x / WIDTH), round(y / HEIGHT)];
}

/** The same place on the road, metres: x across from the middle to the right, y away from the camera. The
 *  drawing's perspective is exact where the road is 11 m wide. */
export function roadPoint(across: number, along: number): [number, number] {
  return [round(across * 5.5), round(8520 / (70 + along ** 1.6 * 640))];
}

export function drawStreet(vehicles: readonly Vehicle[], light: "day" | "night"): string {
  const day = light === "day";
  const road = [[-1, 0], [1, 0], [1, 1.08], [-1, 1.08]].map(([across, along]) => spot(across ?? 0, along ?? 0)).join(" ");
  const shapes = [...vehicles].sort((a, b) => a.along - b.along).map((vehicle) => shape(vehicle, day)).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
<rect width="${WIDTH}" height="${HEIGHT}" fill="${day ? "#8d9a86" : "#1b201d"}"/>
<rect width="${WIDTH}" height="${HORIZON}" fill="${day ? "#b9cad6" : "#0d1420"}"/>
<path d="M0 ${HORIZON} 170 120 330 175 520 90 760 165 930 105 1130 170 1280 130V${HORIZON}Z" fill="${day ? "#9fb0b8" : "#131b26"}"/>
${houses(day)}
<polygon points="${road}" fill="${day ? "#5d6164" : "#26292c"}"/>
${dashes(day)}${shapes}
<text x="18" y="34" font-family="monospace" font-size="20" fill="#fff" opacity=".8">CAM</text></svg>`;
}

function houses(day: boolean): string {
  return Array.from({ length: 9 }, (_, index) => {
    const left = index < 5;
    const x = left ? -30 + index * 78 : 860 + (index - 5) * 115;
    const height = 90 + ((index * 53) % 90);
    return `<rect x="${x}" y="${HORIZON + 30 - height}" width="${left ? 70 : 100}" height="${height}" fill="${day ? ["#a88f7c", "#c4b49f", "#8f9aa3"][index % 3] : ["#1d1f26", "#23252c", "#191c22"][index % 3]}"/>`;
  }).join("");
}

function dashes(day: boolean): string {
  const lines = [-0.5, 0, 0.5].map((across) => Array.from({ length: 14 }, (_, step) => {
    if (across !== 0 && step % 2 === 1) return "";
    const a = ground(across, step / 13);
    const b = ground(across, (step + 1) / 13);
    return `<line x1="${round(a.x)}" y1="${round(a.y)}" x2="${round(b.x)}" y2="${round(b.y)}" stroke="${across === 0 ? "#d8c26a" : "#d9dcde"}" stroke-width="${round(1 + a.scale * 4)}" opacity="${day ? 0.85 : 0.5}"/>`;
  }).join(""));
  return lines.join("");
}

function shape(vehicle: Vehicle, day: boolean): string {
  const [x1, y1, x2, y2] = boxOf(vehicle);
  const [x, y, w, h] = [x1 * WIDTH, y1 * HEIGHT, (x2 - x1) * WIDTH, (y2 - y1) * HEIGHT];
  if (vehicle.class === "person") return `<rect x="${round(x + w * 0.2)}" y="${round(y + h * 0.22)}" width="${round(w * 0.6)}" height="${round(h * 0.78)}" rx="${round(w * 0.2)}" fill="${vehicle.colour}"/><circle cx="${round(x + w / 2)}" cy="${round(y + h * 0.12)}" r="${round(h * 0.12)}" fill="#c9a58a"/>`;
  const lamp = day ? "#7a2020" : "#ff5a4a";
  return `<ellipse cx="${round(x + w / 2)}" cy="${round(y + h)}" rx="${round(w * 0.55)}" ry="${round(h * 0.08)}" fill="#000" opacity=".35"/>
<rect x="${round(x)}" y="${round(y + h * 0.3)}" width="${round(w)}" height="${round(h * 0.62)}" rx="${round(w * 0.07)}" fill="${vehicle.colour}"/>
<path d="M${round(x + w * 0.12)} ${round(y + h * 0.34)} L${round(x + w * 0.2)} ${round(y)} H${round(x + w * 0.8)} L${round(x + w * 0.88)} ${round(y + h * 0.34)}Z" fill="${vehicle.colour}"/>
<path d="M${round(x + w * 0.18)} ${round(y + h * 0.34)} L${round(x + w * 0.24)} ${round(y + h * 0.07)} H${round(x + w * 0.76)} L${round(x + w * 0.82)} ${round(y + h * 0.34)}Z" fill="${day ? "#2c3a44" : "#0e151b"}"/>
<rect x="${round(x + w * 0.04)}" y="${round(y + h * 0.48)}" width="${round(w * 0.16)}" height="${round(h * 0.12)}" fill="${lamp}"/><rect x="${round(x + w * 0.8)}" y="${round(y + h * 0.48)}" width="${round(w * 0.16)}" height="${round(h * 0.12)}" fill="${lamp}"/>
<rect x="${round(x + w * 0.06)}" y="${round(y + h * 0.9)}" width="${round(w * 0.2)}" height="${round(h * 0.1)}" fill="#111"/><rect x="${round(x + w * 0.74)}" y="${round(y + h * 0.9)}" width="${round(w * 0.2)}" height="${round(h * 0.1)}" fill="#111"/>`;
}

function spot(across: number, along: number): string {
  const { x, y } = ground(across, along);
  return `${round(x)},${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

// The calibration as the scene's file holds it, and as a file of points for `kerege-edge calibrate`.
import type { Calibration, FrameSize } from "@/data/calibration";

/** A tenth of a millimetre, in metres and in degrees. */
const ROAD_DIGITS = { metres: 4, lonlat: 9 } as const;
const IMAGE_DIGITS = 6;

/** The `[calibration]` of a scene. */
export function calibrationToml(calibration: Calibration): string {
  const road = ROAD_DIGITS[calibration.unit];
  const points = calibration.points.map((point) => `    { image = ${pair(point.image, IMAGE_DIGITS)}, road = ${pair(point.road, road)} },\n`).join("");
  const valid = calibration.valid ?? [];
  const area = valid.length > 0 ? `valid = [${valid.map((corner) => pair(corner, IMAGE_DIGITS)).join(", ")}]\n` : "";
  return `[calibration]\nunit = "${calibration.unit}"\npoints = [\n${points}]\n${area}`;
}

/** A whole file of points. `about` is a line for people. */
export function pointsToml(calibration: Calibration, size: FrameSize, about: string): string {
  const aspect = size.pixel_aspect === 1 ? "" : `pixel_aspect = ${plain(size.pixel_aspect, 6)}\n`;
  return `# ${about.replace(/[\r\n]+/g, " ")}\nv = 1\nsize = [${size.width}, ${size.height}]\n${aspect}\n${calibrationToml(calibration)}`;
}

function pair([x = 0, y = 0]: readonly number[], digits: number): string {
  return `[${plain(x, digits)}, ${plain(y, digits)}]`;
}

/** Never an exponent: a reader of TOML knows it, a surveyor does not. */
function plain(value: number, digits: number): string {
  const text = value.toFixed(digits).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  return text === "-0" ? "0" : text;
}

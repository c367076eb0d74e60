// Road points in metres, whatever unit they were measured in.
import type { RoadUnit } from "@/data/calibration";
import type { Point } from "@/components/picture/geometry";

/** Metres per degree of longitude and of latitude (WGS 84, series of the National Geospatial-Intelligence
 *  Agency; good to a centimetre). */
function metresPerDegree(latitudeDeg: number): { east: number; north: number } {
  const cos = (times: number): number => Math.cos((times * latitudeDeg * Math.PI) / 180);
  return { east: 111_412.84 * cos(1) - 93.5 * cos(3) + 0.118 * cos(5), north: 111_132.92 - 559.82 * cos(2) + 1.175 * cos(4) - 0.0023 * cos(6) };
}

/** In metres; to the east and north of the first point when they are degrees. */
export function inMetres(unit: RoadUnit, road: readonly (readonly number[])[]): Point[] {
  const [lon0 = 0, lat0 = 0] = road[0] ?? [];
  const { east, north } = unit === "lonlat" ? metresPerDegree(lat0) : { east: 1, north: 1 };
  const [x0, y0] = unit === "lonlat" ? [lon0, lat0] : [0, 0];
  return road.map(([x = 0, y = 0]) => ({ x: (x - x0) * east, y: (y - y0) * north }));
}

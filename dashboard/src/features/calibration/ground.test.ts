import { describe, expect, it } from "vitest";
import type { CalibrationReport } from "@/data/calibration";
import { groundOf, stretches } from "./ground";
import { inMetres } from "./metres";
import { fitPlane, inverse, project, type PointPair } from "./plane";

/** Where a camera 8 m above the road that looks down by 18 degrees sees a place, pixels of 1280 × 720. */
function seen(x: number, y: number): { x: number; y: number } {
  const [sin, cos] = [Math.sin((18 * Math.PI) / 180), Math.cos((18 * Math.PI) / 180)];
  const depth = y * cos + 8 * sin;
  return { x: 640 + (1000 * x) / depth, y: 360 + (1000 * (8 * cos - y * sin)) / depth };
}

const CORNERS = [[-5, 14], [6, 14], [6, 45], [-5, 45]] as const;
const pairs = (places: readonly (readonly [number, number])[]): PointPair[] => places.map(([x, y]) => ({ from: { x, y }, to: seen(x, y) }));

function reportOf(places: readonly (readonly [number, number])[], change: Partial<CalibrationReport> = {}): CalibrationReport {
  const image = ([x, y]: readonly [number, number]): number[] => [seen(x, y).x / 1280, seen(x, y).y / 720];
  const points = places.map((place) => ({ image: image(place), road: [...place], used: true, residual_px: 0, residual_m: 0 }));
  return { size: { width: 1280, height: 720, pixel_aspect: 1 }, unit: "metres", points, valid: CORNERS.map(image), ...change } as CalibrationReport;
}

describe("the plane", () => {
  it("is the camera's, from four points and from more", () => {
    for (const places of [CORNERS, [...CORNERS, [0.5, 22], [5, 30]] as const]) {
      const plane = fitPlane(pairs(places)) ?? expect.fail("no plane");
      for (const [x, y] of [[0, 20], [3, 60], [-4, 10]] as const) {
        const [at, truth] = [project(plane, { x, y }), seen(x, y)];
        expect(at?.x).toBeCloseTo(truth.x, 6);
        expect(at?.y).toBeCloseTo(truth.y, 6);
        const home = at && project(inverse(plane, truth) ?? expect.fail("no way back"), at);
        expect(home?.x).toBeCloseTo(x, 6);
        expect(home?.y).toBeCloseTo(y, 6);
      }
    }
  });

  it("has nothing beyond the horizon", () => {
    const plane = fitPlane(pairs(CORNERS)) ?? expect.fail("no plane");
    expect(project(plane, { x: 0, y: -30 })).toBeUndefined();
    // The horizon lies at 360 - 1000 tan 18°.
    expect(project(inverse(plane, seen(0, 20)) ?? expect.fail("no way back"), { x: 640, y: 30 })).toBeUndefined();
  });

  it.each([
    ["three points", pairs(CORNERS).slice(0, 3)],
    ["a row", pairs([[0, 10], [0, 20], [0, 30], [0, 40], [0, 50]])],
    ["the same point", pairs([[1, 10], [1, 10], [1, 10], [1, 10]])],
  ])("is not made of %s", (_, points) => {
    expect(fitPlane(points)).toBeUndefined();
  });
});

describe("the grid", () => {
  it("lies on whole steps of the road within the valid area", () => {
    const ground = groundOf(reportOf(CORNERS)) ?? expect.fail("no ground");
    // 31 m long: every 5 m.
    expect(ground.step).toBe(5);
    expect(ground.lines.filter((line) => line.axis === "y").map((line) => line.metres)).toEqual([15, 20, 25, 30, 35, 40, 45]);
    expect(ground.lines.filter((line) => line.axis === "x").map((line) => line.metres)).toEqual([-5, 0, 5]);
    const line = ground.lines.find((each) => each.axis === "y" && each.metres === 20) ?? expect.fail("no line");
    const ends = [line.from, line.to].sort((a, b) => a[0] - b[0]);
    for (const [end, x] of [[ends[0], -5], [ends[1], 6]] as const) {
      expect(end?.[0]).toBeCloseTo(seen(x, 20).x / 1280, 6);
      expect(end?.[1]).toBeCloseTo(seen(x, 20).y / 720, 6);
    }
  });

  it("tells where the map puts a point that was left out", () => {
    const report = reportOf([...CORNERS, [0, 25]]);
    const bad = report.points[4] ?? expect.fail("no point");
    const places = groundOf({ ...report, points: [...report.points.slice(0, 4), { ...bad, image: [0.1, 0.1], used: false }] })?.places;
    expect(places?.[4]?.[0]).toBeCloseTo(seen(0, 25).x / 1280, 6);
    expect(places?.[4]?.[1]).toBeCloseTo(seen(0, 25).y / 720, 6);
  });

  it("is in metres where the road is in degrees", () => {
    const east = 111_412.84 * Math.cos((42.87 * Math.PI) / 180);
    const degrees = reportOf(CORNERS).points.map((point) => ({ ...point, road: [74.6 + (point.road[0] ?? 0) / east, 42.87 + (point.road[1] ?? 0) / 111_090] }));
    const ground = groundOf(reportOf(CORNERS, { unit: "lonlat", points: degrees })) ?? expect.fail("no ground");
    expect(ground.step).toBe(5);
    expect(ground.lines.filter((line) => line.axis === "y")).toHaveLength(7);
  });

  it("is not drawn where the points determine no plane", () => {
    expect(groundOf(reportOf(CORNERS.slice(0, 3)))).toBeUndefined();
  });
});

it("cuts a line at a polygon, hollow ones too", () => {
  const square = [{ x: 0, y: 0 }, { x: 4, y: 0 }, { x: 4, y: 4 }, { x: 0, y: 4 }];
  expect(stretches(square, "x", 1)).toEqual([[0, 4]]);
  expect(stretches(square, "y", 9)).toEqual([]);
  const cup = [{ x: 0, y: 0 }, { x: 6, y: 0 }, { x: 6, y: 4 }, { x: 4, y: 4 }, { x: 4, y: 1 }, { x: 2, y: 1 }, { x: 2, y: 4 }, { x: 0, y: 4 }];
  expect(stretches(cup, "y", 2)).toEqual([[0, 2], [4, 6]]);
});

it("measures degrees as the ellipsoid says", () => {
  // Published lengths of a degree of longitude and latitude.
  for (const [latitude, east, north] of [[0, 111_319.5, 110_574.3], [45, 78_846.8, 111_131.8], [60, 55_800, 111_412.3]] as const) {
    const [, point] = inMetres("lonlat", [[10, latitude], [11, latitude + 1]]);
    expect(Math.abs((point?.x ?? 0) - east)).toBeLessThan(1.5);
    expect(Math.abs((point?.y ?? 0) - north)).toBeLessThan(1.5);
  }
});

import { expect, it } from "vitest";
import { calibrationToml, pointsToml } from "./toml";

const points = [{ image: [0.2, 0.3], road: [0, 40] }, { image: [0.123_456_78, 1], road: [-10.5, 1e-7] }];

it("is the scene's own table", () => {
  expect(calibrationToml({ unit: "metres", points, valid: [[0.2, 0.3], [1, 0], [0.95, 0.9]] })).toBe(`[calibration]
unit = "metres"
points = [
    { image = [0.2, 0.3], road = [0, 40] },
    { image = [0.123457, 1], road = [-10.5, 0] },
]
valid = [[0.2, 0.3], [1, 0], [0.95, 0.9]]
`);
});

it("keeps degrees to a tenth of a millimetre, and leaves out an area that nobody drew", () => {
  const toml = calibrationToml({ unit: "lonlat", points: [{ image: [0.5, 0.5], road: [74.612_200_123, -42.8756] }] });
  expect(toml).toContain("road = [74.612200123, -42.8756]");
  expect(toml).not.toContain("valid");
  expect(calibrationToml({ unit: "metres", points: [{ image: [0, 0], road: [-0.000_01, 100] }] })).toContain("road = [0, 100]");
});

it("is a whole file of points with the picture's size", () => {
  const file = pointsToml({ unit: "metres", points: [] }, { width: 720, height: 576, pixel_aspect: 1.0667 }, "camera\nc1");
  expect(file).toBe("# camera c1\nv = 1\nsize = [720, 576]\npixel_aspect = 1.0667\n\n[calibration]\nunit = \"metres\"\npoints = [\n]\n");
  expect(pointsToml({ unit: "metres", points: [] }, { width: 1280, height: 720, pixel_aspect: 1 }, "c")).not.toContain("pixel_aspect");
});

import { expect, it } from "vitest";
import { rowOf } from "./row";

const size = { width: 1280, height: 720, pixel_aspect: 1 };
const quadrangle = [[0.3, 0.2], [0.7, 0.2], [0.9, 0.9], [0.1, 0.9]];
const row = [[0.1, 0.1], [0.3, 0.3], [0.5, 0.5], [0.9, 0.9]];
/** Three corners in a row are no quadrangle. */
const three = [[0.1, 0.5], [0.3, 0.5], [0.5, 0.5], [0.9, 0.9]];

it.each([
  ["a quadrangle in both", quadrangle, quadrangle, undefined],
  ["a row in the picture", row, quadrangle, "picture"],
  ["a row on the road", quadrangle, row, "road"],
  ["three of four in a row", quadrangle, three, "road"],
  ["one place on the road", quadrangle, [[1, 1], [1, 1], [1, 1], [1, 1]], "road"],
  ["no points", [], [], "picture"],
])("%s", (_, images, roads, where) => {
  const points = images.map((image, index) => ({ image, road: roads[index]?.map((value) => value * 50) ?? [] }));
  expect(rowOf({ unit: "metres", points }, size)).toBe(where);
});

it("finds four good ones among others", () => {
  const points = [...row.slice(0, 2), ...quadrangle].map((image) => ({ image, road: image.map((value) => 74 + value / 1000) }));
  expect(rowOf({ unit: "lonlat", points }, size)).toBeUndefined();
});

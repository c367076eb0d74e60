"""What is drawn is where the camera says, and who stands before whom is known."""

import unittest

import numpy as np

from streets import mesh, packed, raster, sun
from streets.camera import Camera
from streets.fleet import plate_text

CAMERA = Camera((0.0, -20.0, 6.0), (0.0, 0.0, 1.0), 50.0, 320, 180)


def instances(places):
    """Boxes of 4 × 2 × 1.5 m at the given x, y and headings."""
    n = len(places)
    pose = np.array([(x, y, 0.0, np.cos(h), np.sin(h), 1.0) for x, y, h in places], np.float32)
    return packed.Instances(
        np.zeros(n, np.int32), pose, np.zeros((n, packed.PARTS), np.float32), np.ones((n, 2, 3), np.float32),
        np.zeros(n, np.int32), np.zeros(n, np.int32),
    )


PACKED = packed.pack([(mesh.with_normals(mesh.box((4.0, 2.0, 1.5), (0.0, 0.0, 0.75), 1)), {})])


def draw(places):
    target = raster.Target(CAMERA.width, CAMERA.height)
    target.draw(PACKED, instances(places), CAMERA.rotation, CAMERA.position, CAMERA.focal)
    return target


class RasterTest(unittest.TestCase):
    def test_outline_is_the_projection_of_the_corners(self):
        turn = 0.6
        corners = [
            (3.0 + np.cos(turn) * x - np.sin(turn) * y, 2.0 + np.sin(turn) * x + np.cos(turn) * y, z)
            for x in (-2, 2) for y in (-1, 1) for z in (0, 1.5)
        ]
        p = CAMERA.project(corners)
        target = draw([(3.0, 2.0, turn)])
        np.testing.assert_allclose(target.boxes[0], [*p[:, :2].min(0), *p[:, :2].max(0)], atol=2e-3)
        _, seen = raster.seen(target.ident, 1)
        self.assertLess(np.abs(seen[0] - target.boxes[0]).max(), 1.01)

    def test_who_stands_before_hides(self):
        target = draw([(0.0, 0.0, 0.0), (0.0, 4.0, 0.0)])
        count, _ = raster.seen(target.ident, 2)
        self.assertEqual(count[0], target.full[0])
        self.assertLess(count[1], 0.8 * target.full[1])
        self.assertGreater(count[1], 0)

    def test_order_does_not_matter(self):
        one, _ = raster.seen(draw([(0.0, 0.0, 0.0), (0.0, 4.0, 0.0)]).ident, 2)
        two, _ = raster.seen(draw([(0.0, 4.0, 0.0), (0.0, 0.0, 0.0)]).ident, 2)
        self.assertEqual(list(one), list(two[::-1]))

    def test_depth_is_true(self):
        target = draw([(0.0, 0.0, 0.0)])
        y, x = np.argwhere(target.ident >= 0)[0]
        nearest = min(CAMERA.project([(a, b, c)])[0, 2] for a in (-2, 2) for b in (-1, 1) for c in (0, 1.5))
        depth = 1.0 / target.near[y, x]
        self.assertGreaterEqual(depth, nearest - 1e-3)
        self.assertLess(depth, nearest + 4.0)

    def test_out_of_view_has_no_outline(self):
        self.assertTrue(np.isnan(draw([(0.0, -60.0, 0.0)]).boxes[0, 0]))

    def test_the_sun_sees_the_roof_and_shades_the_ground_behind(self):
        direction = np.array((-1.0, 0.0, 1.0)) / np.sqrt(2.0)
        rows, place = sun.view(direction)
        target = raster.Target(sun.SIZE, sun.SIZE)
        target.draw(PACKED, instances([(0.0, 0.0, 0.0)]), rows, place, 0.0)
        shift = (-rows @ place).astype(np.float32)
        lit = lambda x, y: sun.lit(target.near, rows, shift, x, y, 0.0, 0.05)  # noqa: E731
        # The sun stands in the west at 45 degrees: the shadow of 1.5 m of height ends 1.5 m east of the box.
        self.assertEqual(lit(3.3, 0.0), 0.0)
        self.assertEqual(lit(3.7, 0.0), 1.0)
        self.assertEqual(lit(-2.3, 0.0), 1.0)

    def test_plates_have_the_kyrgyz_format(self):
        import random

        rng = random.Random(1)
        for _ in range(50):
            self.assertRegex(plate_text(rng), r"^0[1-9]KG\d{3}[A-Z]{3}$")


if __name__ == "__main__":
    unittest.main()

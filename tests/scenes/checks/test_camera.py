"""The camera is exact: rays and projections are inverse, and Blender's convention is met."""

import math
import unittest

import numpy as np

from streets.camera import Camera
from streets.catalogue import ROADSIDE


class CameraTest(unittest.TestCase):
    def test_target_is_in_the_middle(self):
        x, y, depth = ROADSIDE.project([ROADSIDE.target])[0]
        self.assertAlmostEqual(x, ROADSIDE.width / 2, places=6)
        self.assertAlmostEqual(y, ROADSIDE.height / 2, places=6)
        self.assertAlmostEqual(depth, math.dist(ROADSIDE.target, ROADSIDE.position), places=6)

    def test_ground_undoes_project(self):
        rng = np.random.default_rng(1)
        road = np.column_stack([rng.uniform(-20, 20, 50), rng.uniform(-30, 60, 50), np.zeros(50)])
        pixels = ROADSIDE.project(road)[:, :2]
        self.assertLess(np.abs(ROADSIDE.ground(pixels) - road[:, :2]).max(), 1e-6)

    def test_known_pinhole(self):
        camera = Camera((0.0, 0.0, 10.0), (0.0, 10.0, 10.0), 90.0, 200, 100)
        # 90 degrees: at depth 10 the half width of the picture, 100 px, is 10 m.
        np.testing.assert_allclose(camera.project([(5.0, 10.0, 12.0)])[0], (150.0, 30.0, 10.0), atol=1e-9)

    def test_above_the_horizon_is_nowhere(self):
        camera = Camera((0.0, 0.0, 10.0), (0.0, 10.0, 10.0), 90.0, 200, 100)
        self.assertTrue(np.isnan(camera.ground([(100.0, 20.0)])).all())

    def test_scaled_keeps_the_frame(self):
        points = [(3.0, 4.0, 1.0), (-8.0, 20.0, 0.0)]
        np.testing.assert_allclose(ROADSIDE.frame(points), ROADSIDE.scaled(2).frame(points), atol=1e-12)

    def test_turned_left_moves_the_picture_right(self):
        before = ROADSIDE.frame([(0.0, 0.0, 0.0)])[0]
        after = ROADSIDE.turned(5.0).frame([(0.0, 0.0, 0.0)])[0]
        self.assertGreater(after[0], before[0] + 0.05)


if __name__ == "__main__":
    unittest.main()

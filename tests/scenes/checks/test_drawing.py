"""The scene is drawn where the road is, and its TOML says the same."""

import tomllib
import unittest

import numpy as np

from streets import drawing
from streets.catalogue import ROADSIDE, SCENES


def side(a, b, p):
    """Positive when p is to the right of a→b as seen in the picture."""
    (ax, ay), (bx, by), (px, py) = (np.asarray(q) * (ROADSIDE.width, ROADSIDE.height) for q in (a, b, p))
    return (bx - ax) * (py - ay) - (by - ay) * (px - ax)


class DrawingTest(unittest.TestCase):
    def setUp(self):
        self.scene = drawing.scene(ROADSIDE)

    def test_lines_are_drawn_where_a_car_is_large_enough(self):
        self.assertEqual({row["id"] for row in self.scene["line"]}, set("SW"))
        self.assertLess(drawing.car_size(ROADSIDE, "N"), drawing.LEAST_CAR)

    def test_a_way_out_to_the_next_signal_is_a_waiting_area(self):
        zone = next(z for z in drawing.scene(ROADSIDE, ("W",))["zone"] if z["id"] == "wait-W-out")
        self.assertEqual(zone["kind"], "waiting")
        lane = next(row for row in self.scene["lane"] if row["id"] == "W-out2")
        low, high = zone["polygon"].min(0), zone["polygon"].max(0)
        self.assertTrue(((lane["centre"] >= low - 1e-6) & (lane["centre"] <= high + 1e-6)).all())

    def test_inbound_is_forward(self):
        centre = ROADSIDE.frame([(0.0, 0.0, 0.0)])[0]
        for row in self.scene["line"]:
            self.assertGreater(side(row["a"], row["b"], centre), 0.0, row["id"])

    def test_everything_lies_in_the_frame(self):
        shapes = [z["polygon"] for z in self.scene["zone"]] + [lane["polygon"] for lane in self.scene["lane"]]
        shapes += [lane["centre"] for lane in self.scene["lane"]]
        for shape in shapes:
            self.assertGreaterEqual(np.min(shape), -1e-9)
            self.assertLessEqual(np.max(shape), 1.0 + 1e-9)

    def test_lanes_run_the_way_of_traffic(self):
        for lane in self.scene["lane"]:
            a, b = ROADSIDE.ground(np.array([lane["centre"][0], lane["centre"][-1]]) * (ROADSIDE.width, ROADSIDE.height))
            inward = np.hypot(*b) < np.hypot(*a)
            self.assertEqual(inward, "-in" in lane["id"], lane["id"])

    def test_calibration_is_exact(self):
        points = self.scene["calibration"]["points"]
        self.assertGreaterEqual(len(points), 6)
        for point in points:
            road = ROADSIDE.ground([np.asarray(point["image"]) * (ROADSIDE.width, ROADSIDE.height)])[0]
            self.assertLess(np.abs(road - point["road"]).max(), 1e-6)

    def test_toml_reads_back(self):
        read = tomllib.loads(drawing.toml(self.scene, "a scene"))
        self.assertEqual([row["id"] for row in read["line"]], [row["id"] for row in self.scene["line"]])
        np.testing.assert_allclose(read["lane"][0]["polygon"], self.scene["lane"][0]["polygon"], atol=1e-5)

    def test_scripted_lanes_exist(self):
        names = {lane["id"] for lane in self.scene["lane"]}
        for spec in SCENES.values():
            for script in spec.scripts:
                if hasattr(script, "lane"):
                    word = "out" if type(script).__name__ == "StoppedCar" else "in"
                    self.assertIn(f"{script.arm}-{word}{script.lane}", names)

    def test_clip_polygon_cuts_at_the_frame(self):
        cut = drawing.clip_polygon(np.array([(-0.5, 0.2), (0.5, 0.2), (0.5, 0.4), (-0.5, 0.4)]))
        self.assertAlmostEqual(cut[:, 0].min(), 0.0)
        self.assertAlmostEqual(np.ptp(cut[:, 1]), 0.2)


if __name__ == "__main__":
    unittest.main()

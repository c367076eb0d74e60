"""Counting by definition: once per direction, with hysteresis, only real crossings of the segment."""

import unittest

import numpy as np

from streets import counts

LINE = {"id": "L", "a": (0.1, 0.5), "b": (0.9, 0.5), "band": 0.25, "classes": ["car"]}
SIZE = (100, 100)


def path(points, height=8.0, width=12.0):
    """Rows of time, anchor and box for anchors in pixels."""
    rows = []
    for k, (x, y) in enumerate(points):
        rows.append((k * 0.1, np.array([x, y], float), np.array([x - width / 2, y - height, x + width / 2, y])))
    return rows


def straight(y0, y1, n=30, x=50.0):
    return [(x, y) for y in np.linspace(y0, y1, n)]


class CountsTest(unittest.TestCase):
    def test_downward_over_a_rightward_line_is_forward(self):
        # Standing at a, looking to b (to the right in the picture), down is to the right.
        found = counts.crossings(path(straight(20, 80)), LINE, SIZE)
        self.assertEqual([f for _, f in found], [True])
        self.assertAlmostEqual(found[0][0], 1.45, places=2)

    def test_upward_is_backward(self):
        self.assertEqual([f for _, f in counts.crossings(path(straight(80, 20)), LINE, SIZE)], [False])

    def test_stopped_on_the_line_counts_once(self):
        wobble = [(50.0, 50.0 + 0.8 * (-1) ** k) for k in range(40)]
        points = straight(20, 50) + wobble + straight(50, 80)
        self.assertEqual(len(counts.crossings(path(points), LINE, SIZE)), 1)

    def test_turning_back_inside_the_band_counts_not(self):
        self.assertEqual(counts.crossings(path(straight(20, 51) + straight(51, 20)), LINE, SIZE), [])

    def test_there_and_back_counts_each_way(self):
        found = counts.crossings(path(straight(20, 80) + straight(80, 20)), LINE, SIZE)
        self.assertEqual([f for _, f in found], [True, False])

    def test_a_second_time_the_same_way_counts_not(self):
        found = counts.crossings(path(straight(20, 80) + straight(80, 20) + straight(20, 80)), LINE, SIZE)
        self.assertEqual([f for _, f in found], [True, False])

    def test_beside_the_segment_counts_not(self):
        self.assertEqual(counts.crossings(path(straight(20, 80, x=96.0)), LINE, SIZE), [])

    def test_born_inside_the_band_counts_not(self):
        self.assertEqual(counts.crossings(path(straight(50.5, 80)), LINE, SIZE), [])

    def test_other_classes_are_left_out(self):
        frames = [
            {"t": t, "objects": [
                {"id": 1, "class": "car", "box": [0.44, y / 100 - 0.08, 0.56, y / 100]},
                {"id": 2, "class": "person", "box": [0.44, y / 100 - 0.08, 0.56, y / 100]},
            ]}
            for t, (_, y) in enumerate(straight(20, 80))
        ]
        found = counts.count(frames, [LINE], SIZE)
        self.assertEqual([(c.user, c.cls) for c in found], [(1, "car")])
        self.assertEqual(counts.by_line(found), [{"line": "L", "dir": "forward", "classes": {"car": 1}}])

    def test_movement_is_first_to_last_line(self):
        rows = [counts.Crossing(1.0, "S", True, 7, "car"), counts.Crossing(4.0, "E", False, 7, "car"), counts.Crossing(2.0, "N", True, 8, "bus")]
        self.assertEqual(counts.by_movement(rows), [{"movement": "S>E", "classes": {"car": 1}}])


if __name__ == "__main__":
    unittest.main()

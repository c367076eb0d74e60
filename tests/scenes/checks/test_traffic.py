"""SUMO drives the same way from the same seed, and what the script says does happen."""

import unittest

import numpy as np

from streets import catalogue, clip, network, traffic
from streets.demand import Demand

SECONDS = 12.0


class TrafficTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.one = traffic.run(4, Demand(persons=20), network.Programme(), SECONDS)
        cls.two = traffic.run(4, Demand(persons=20), network.Programme(), SECONDS)

    def test_same_seed_same_traffic(self):
        self.assertEqual([t.name for t in self.one.tracks], [t.name for t in self.two.tracks])
        for a, b in zip(self.one.tracks, self.two.tracks):
            np.testing.assert_array_equal(a.xy, b.xy)
            np.testing.assert_array_equal(a.lamps, b.lamps)

    def test_nobody_leaps(self):
        for track in self.one.tracks:
            if len(track.xy) > 1:
                step = np.hypot(*np.diff(track.xy, axis=0).T).max()
                self.assertLess(step, traffic.WALK_LIMIT * traffic.STEP + 1e-6 if track.kind == "person" else 2.4, track.name)

    def test_speed_is_the_way_covered(self):
        for track in self.one.tracks:
            if track.kind != "person" and len(track.xy) > 30:
                way = track.travelled[-1] / ((len(track.xy) - 1) * traffic.STEP)
                self.assertLess(abs(way - track.speed[1:].mean()), 0.6, track.name)

    def test_nobody_enters_on_red(self):
        for track in self.one.tracks:
            if track.kind == "person" or track.name not in self.one.routes:
                continue
            arm = self.one.routes[track.name][0]
            front = track.xy @ network.ARMS[arm] - 2.0
            stop = 20.5 if arm in "NS" else 17.0
            crossed = np.nonzero((front[:-1] >= stop - 2.0) & (front[1:] < stop - 2.0))[0]
            for k in crossed:
                shown = self.one.letters[track.first + k]["ns" if arm in "NS" else "ew"]
                before = self.one.letters[max(0, track.first + k - 12)]["ns" if arm in "NS" else "ew"]
                self.assertFalse(shown == "r" and before == "r", f"{track.name} at step {track.first + k}")


class ScriptTest(unittest.TestCase):
    def test_the_demo_clip_has_its_incidents(self):
        spec = catalogue.SCENES["day-intersection"]
        record, happenings = clip.simulate(spec)
        kinds = {h.kind: h for h in happenings}
        self.assertEqual(set(kinds), {"stopped_vehicle", "wrong_way"})
        stopped, wrong = kinds["stopped_vehicle"], kinds["wrong_way"]
        self.assertGreater(stopped.end - stopped.start, 15.0)
        self.assertGreater(wrong.end - wrong.start, 2.0)
        track = next(t for t in record.tracks if t.name == wrong.names[0])
        inside = (track.xy[:, 0] < -17.0) & (track.xy[:, 0] > -40.0)
        # Against the lane (eastbound) by more than 120 degrees, over more than 8 m.
        self.assertGreater(np.cos(track.heading[inside] - np.pi).min(), np.cos(np.radians(60.0)))
        self.assertGreater(np.ptp(track.xy[inside, 0]), 8.0)
        self.assertTrue(((track.xy[inside, 1] < 0.0) & (track.xy[inside, 1] > -10.5)).all())


if __name__ == "__main__":
    unittest.main()

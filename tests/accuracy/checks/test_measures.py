"""Measures, intervals and the comparison of incidents say what they should on cases worked out by hand."""

import unittest
from types import SimpleNamespace

import numpy as np

from streets.script import WrongWay

from accuracy import intervals, scores
from accuracy.brought import Brought
from accuracy.cause import Cause
from accuracy.matching import Matcher, Reported
from accuracy.noise import Detections
from accuracy.recording import Sequence, Tracked, _rows
from accuracy.stage import Crawl
from accuracy.state import User


def sequence(frames: int = 10) -> Sequence:
    """Two road users far apart, seen in every frame."""
    frame, user = np.repeat(np.arange(frames), 2), np.tile([4, 9], frames)
    x = np.where(user == 4, 10.0, 300.0)
    box = np.stack([x, np.full_like(x, 10.0), x + 50.0, np.full_like(x, 60.0)], 1)
    rows = _rows(frame, user, np.zeros(len(frame), int), box, np.ones(len(frame)))
    empty = Detections(*(np.zeros(0, int) for _ in range(3)), np.zeros(0), np.zeros((0, 4)))
    return Sequence("two", (640, 360), 10.0, np.arange(frames) / 10, empty, rows)


class Measures(unittest.TestCase):
    def test_perfect_tracks_are_perfect(self):
        given = sequence()
        out = scores.score(given, Tracked(given.truth.frame, given.truth.user, given.truth.box))
        for name in ("HOTA", "IDF1", "MOTA"):
            self.assertAlmostEqual(out[name], 100.0)
        self.assertEqual(out["IDSW"], 0.0)

    def test_a_switch_in_the_middle_halves_one_identity(self):
        given = sequence()
        track = given.truth.user.copy()
        track[(track == 4) & (given.truth.frame >= 5)] = 77
        out = scores.score(given, Tracked(given.truth.frame, track, given.truth.box))
        self.assertEqual(out["IDSW"], 1.0)
        self.assertAlmostEqual(out["IDF1"], 75.0)
        self.assertAlmostEqual(out["MOTA"], 95.0)

    def test_boxes_on_those_who_do_not_count_are_no_fault(self):
        given = sequence()
        everybody = given.truth
        given.truth = everybody.pick(everybody.user == 4)
        tracked = scores.drop_ignored(given, everybody, Tracked(everybody.frame, everybody.user, everybody.box))
        self.assertAlmostEqual(scores.score(given, tracked)["MOTA"], 100.0)


class Intervals(unittest.TestCase):
    def test_known_values(self):
        self.assertAlmostEqual(intervals.rate_bound(0, 1.0), 2.996, places=3)
        self.assertAlmostEqual(intervals.rate_bound(3, 30.0), 7.754 / 30, places=3)
        low, high = intervals.share(19, 20)
        self.assertAlmostEqual(low, 0.7513, places=3)
        self.assertAlmostEqual(high, 0.9987, places=3)
        value, half = intervals.mean([1.0, 2.0, 3.0])
        self.assertAlmostEqual(value, 2.0)
        self.assertAlmostEqual(half, 4.303 / np.sqrt(3), places=3)


def cause(start: float, end: float, due: bool = True) -> Cause:
    return Cause("stopped_vehicle", start, end, start + 8.0, (0,), due=due)


def told(at: float, place=(1.0, 1.0)) -> Reported:
    return Reported("stopped_vehicle", at - 8.0, at, "S-out1", "stop", "car", place)


class Incidents(unittest.TestCase):
    def setUp(self):
        still = np.zeros((5000, 2))
        user = User(0, 0, "car", 4.5, 1.8, still, np.zeros(5000), np.zeros(5000), np.full(5000, -1))
        self.matcher = Matcher(SimpleNamespace(users=[user]))

    def match(self, incidents, causes):
        return self.matcher.match("stopped_vehicle", incidents, causes)

    def test_found_late_twice_missed_and_false(self):
        out = self.match(
            [told(109.0), told(120.0), told(400.0, (80.0, 80.0))],
            [cause(100.0, 160.0), cause(200.0, 260.0), cause(300.0, 307.0, due=False)],
        )
        self.assertEqual((out["due"], out["found"], out["possible"], out["twice"]), (2, 1, 1, 1))
        self.assertEqual(out["late_s"], [1.0])
        self.assertEqual((len(out["missed"]), len(out["false"])), (1, 1))

    def test_telling_a_possible_cause_is_no_fault(self):
        out = self.match([told(107.0)], [cause(100.0, 108.0, due=False)])
        self.assertEqual((out["due"], len(out["false"])), (0, 0))

    def test_an_incident_elsewhere_or_later_is_false(self):
        out = self.match([told(109.0, (40.0, 0.0)), told(190.0)], [cause(100.0, 160.0)])
        self.assertEqual((out["found"], len(out["false"])), (0, 2))

    def test_two_that_crashed_are_one_cause(self):
        both = Cause("stopped_vehicle", 100.0, 160.0, 108.0, (0, 1))
        self.assertEqual(self.match([told(109.0)], [both])["twice"], 0)
        self.assertEqual(self.match([told(109.0), told(110.0)], [both])["twice"], 1)

    def test_what_was_scripted_is_counted_by_itself_as_well(self):
        made, other, near = cause(100.0, 160.0), cause(200.0, 260.0), cause(300.0, 307.0, due=False)
        made.scripted = near.scripted = True
        self.assertEqual(self.match([told(209.0)], [made, other, near])["scripted"], [1, 0])
        self.assertEqual(self.match([told(109.0)], [made, other, near])["scripted"], [1, 1])


class Scripts(unittest.TestCase):
    def test_causes_are_told_from_scripts_by_who_or_where(self):
        state = SimpleNamespace(record=SimpleNamespace(tracks=[SimpleNamespace(name=name) for name in ("a", "b", "ghost0")]))
        brought = Brought({"stopped_vehicle": {"b"}}, [Crawl(100.0, 60.0, "N")])
        brought.add([(WrongWay(5.0, "E", "N", 1, 6.0), "ghost0")])
        jam = lambda start, lane: Cause("congestion", start, start + 90.0, start + 30.0, (), (lane,))  # noqa: E731
        causes = {
            "stopped_vehicle": [Cause("stopped_vehicle", 0.0, 9.0, 8.0, (number,)) for number in (0, 1, 2)],
            "wrong_way": [Cause("wrong_way", 0.0, 9.0, 2.0, (number,)) for number in (1, 2)],
            "congestion": [jam(120.0, "N-out1"), jam(120.0, "N-in1"), jam(120.0, "S-out1"), jam(400.0, "N-out1")],
        }
        brought.mark(causes, state)
        scripted = {kind: [one.scripted for one in some] for kind, some in causes.items()}
        self.assertEqual(scripted["stopped_vehicle"], [False, True, False])
        self.assertEqual(scripted["wrong_way"], [False, True])
        self.assertEqual(scripted["congestion"], [True, False, False, False])


if __name__ == "__main__":
    unittest.main()

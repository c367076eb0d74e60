"""True causes are read rightly from states drawn by hand."""

import unittest
from types import SimpleNamespace

import numpy as np

from accuracy import meets, stage, stops, turns, ways
from accuracy.state import LANES, State, User, lane_of, runs

STEP = 0.1


def user(number: int, xy: np.ndarray, cls: str = "car", first: int = 0, length: float = 4.5) -> User:
    """A road user on a path (n, 2), a place each step."""
    move = np.gradient(xy, axis=0) / STEP
    speed = np.hypot(*move.T)
    heading = np.arctan2(move[:, 1], move[:, 0])
    return User(number, first, cls, length, 1.8 if cls != "person" else 0.5, xy, heading, speed, lane_of(xy))


def straight(a, b, speed: float) -> np.ndarray:
    a, b = np.array(a, float), np.array(b, float)
    n = max(2, round(np.hypot(*(b - a)) / speed / STEP))
    return a + (b - a) * np.linspace(0.0, 1.0, n)[:, None]


def look(users: list[User], **more) -> SimpleNamespace:
    steps = max(u.last for u in users) + 1
    lanes = {f"{arm}-{side}{n}" for arm, count in {"N": 2, "E": 3, "S": 2, "W": 3}.items() for side in ("in", "out") for n in range(1, count + 1)}
    state = SimpleNamespace(users=users, steps=steps, red=more.get("red", {"ns": np.zeros(steps), "ew": np.zeros(steps)}))
    plain = {"zone": [{"id": "cross-S", "kind": "crosswalk"}], "marking": [{"id": "solid-S1"}]}
    return SimpleNamespace(state=state, lanes=lanes, lines={"N", "E", "S", "W", "stop-S"}, plain=plain)


class Truth(unittest.TestCase):
    def test_a_breakdown_is_one_cause_and_a_queue_at_the_line_is_none(self):
        stands = np.concatenate([straight((-5.2, 0.0), (-5.2, -35.0), 10.0), np.tile([[-5.2, -35.0]], (300, 1))])
        waits = np.concatenate([straight((5.2, -60.0), (5.2, -24.0), 10.0), np.tile([[5.2, -24.0]], (300, 1))])
        causes = stops.stopped(look([user(0, stands), user(1, waits)]))
        self.assertEqual([(c.users, c.due) for c in causes], [((0,), True)])
        self.assertAlmostEqual(causes[0].confirmable - causes[0].start, 8.0)

    def test_who_drives_out_in_an_incoming_lane_drives_against_it(self):
        against = straight((5.2, -22.0), (5.2, -55.0), 8.0)
        lawful = straight((-5.2, -22.0), (-5.2, -55.0), 8.0)
        self.assertEqual([c.users for c in ways.wrong_way(look([user(0, against), user(1, lawful)]))], [(0,)])

    def test_a_person_on_the_carriageway_is_due_and_one_on_a_crossing_is_not_there(self):
        across = straight((-12.0, -35.0), (12.0, -35.0), 1.3)
        crossing = straight((-12.0, -18.5), (12.0, -18.5), 1.3)
        causes = ways.on_road(look([user(0, across, "person"), user(1, crossing, "person")]))
        self.assertEqual([(c.users, c.due) for c in causes], [((0,), True)])

    def test_red_is_red_only_when_it_was(self):
        drives = user(0, straight((1.8, -60.0), (1.8, 20.0), 10.0))
        red = np.arange(1, drives.last + 2) * STEP
        seen = look([drives], red={"ns": red, "ew": 0 * red})
        self.assertTrue(any(c.due for c in turns.red_light(seen)))
        self.assertEqual(turns.red_light(look([drives])), [])

    def test_a_left_turn_is_a_movement_over_two_lines(self):
        way = np.concatenate([straight((1.8, -40.0), (1.8, 1.8), 8.0), straight((1.8, 1.8), (-40.0, 1.8), 8.0)])
        self.assertEqual(len(turns.illegal_turn(look([user(0, way)]))), 1)
        self.assertEqual(turns.illegal_turn(look([user(0, straight((1.8, -40.0), (1.8, 40.0), 8.0))])), [])
        allowed = np.concatenate([straight((40.0, 1.8), (1.8, 1.8), 8.0), straight((1.8, 1.8), (1.8, -40.0), 8.0)])
        self.assertEqual(turns.illegal_turn(look([user(0, allowed)])), [])

    def test_the_time_between_two_at_a_crossing_point(self):
        # The first leaves the place at 5 s + (2.25 + strip) / 10; the second comes a second later.
        one = user(0, straight((0.0, -50.0), (0.0, 50.0), 10.0))
        two = user(1, straight((-60.0, 0.0), (40.0, 0.0), 10.0))
        met = meets.encounters(SimpleNamespace(users=[one, two]))
        self.assertEqual(len(met), 1)
        self.assertAlmostEqual(met[0]["pet"], 1.0 - (4.5 + 1.8) / 10.0, delta=0.05)
        self.assertEqual(met[0]["users"], (1, 0))

    def test_stops_are_told_apart(self):
        still = lambda x, y, seconds: np.concatenate([straight((x, 0.0), (x, y), 10.0), np.tile([[x, y]], (round(seconds / STEP), 1))])  # noqa: E731
        kinds = lambda *paths: [c.note["kind"] for c in stops.stopped(look([user(n, path) for n, path in enumerate(paths)]))]  # noqa: E731
        alone, follower = still(-1.75, -40.0, 30.0), still(-1.75, -33.0, 28.0)
        self.assertEqual(kinds(alone), ["breakdown"])
        self.assertEqual(kinds(alone, follower), ["breakdown, a queue behind"])
        self.assertEqual(kinds(still(-5.2, -38.0, 80.0)), ["forbidden stop"])
        self.assertEqual(kinds(alone, still(-3.6, -40.0, 30.0)), ["crash"])

    def test_who_misses_a_whole_green_waits_a_whole_cycle(self):
        waits = user(0, np.concatenate([straight((5.2, -60.0), (5.2, -24.0), 10.0), np.tile([[5.2, -24.0]], (700, 1))]))
        red = np.arange(1, waits.last + 2) * STEP
        for green, told in (((200, 400), [True]), ((10, 400), []), ((200, 900), [])):
            shown = red.copy()
            shown[slice(*green)] = 0.0
            causes = stops.stopped(look([waits], red={"ns": shown, "ew": 0 * red}))
            self.assertEqual([c.due for c in causes], told)
        shown = np.where((np.arange(len(red)) > 200) & (np.arange(len(red)) < 400), 0.0, red)
        cause = stops.stopped(look([waits], red={"ns": shown, "ew": 0 * red}))[0]
        self.assertEqual((cause.note["kind"], round(cause.confirmable)), ("waits a whole cycle", 40))

    def test_who_closes_up_by_a_step_has_not_moved(self):
        comes, stays = straight((5.2, -60.0), (5.2, -24.9), 10.0), lambda y: np.tile([[5.2, y]], (300, 1))
        waits = user(0, np.concatenate([comes, stays(-24.9), straight((5.2, -24.9), (5.2, -24.0), 2.0), stays(-24.0)]))
        red = np.arange(1, waits.last + 2) * STEP
        red[200:500] = 0.0
        causes = stops.stopped(look([waits], red={"ns": red, "ew": 0 * red}))
        self.assertEqual([(c.due, round(c.confirmable)) for c in causes], [(False, 50)])

    def test_who_crawls_hardly_slower_than_standing_may_be_told_of(self):
        crawls = straight((-5.2, -30.0), (-5.2, -50.0), 0.75)
        self.assertEqual([c.due for c in stops.stopped(look([user(0, crawls)]))], [False])

    def test_a_speeder_drives_in_by_his_lane_and_out_by_the_same(self):
        for arm, lane in (("N", 1), ("N", 2), ("W", 1), ("W", 2)):
            xy, heading, _ = stage.Speeder(0.0, arm, lane, 1.3).course()
            names = [LANES[i].id for i in dict.fromkeys(lane_of(xy).tolist()) if i >= 0]
            self.assertEqual(names, [f"{arm}-in{lane}", f"{stage.network.STRAIGHT[arm]}-out{lane}"])
            self.assertAlmostEqual(float(np.cos(heading[0] - np.arctan2(*(xy[1] - xy[0])[::-1]))), 1.0, places=6)

    def test_runs(self):
        self.assertEqual(runs(np.array([1, 1, 0, 1], bool)), [(0, 2), (3, 4)])
        self.assertTrue(callable(State))


if __name__ == "__main__":
    unittest.main()

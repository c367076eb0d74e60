"""The noise model does what its parameters say."""

import unittest
from dataclasses import replace

import numpy as np

from accuracy.noise import Noise, detect
from accuracy.seen import Rows, occlude

WIDTH, HEIGHT = 640, 360


def standing(frames: int, users: int, height: float = 40.0) -> Rows:
    """Cars that stand apart from each other, whole."""
    frame, user = np.repeat(np.arange(frames), users), np.tile(np.arange(users), frames)
    x = 20.0 + 100.0 * user
    box = np.stack([x, np.full_like(x, 100.0), x + 60.0, np.full_like(x, 100.0 + height)], 1)
    n = len(frame)
    rows = Rows(frame, user, np.zeros(n, int), box, np.zeros((n, 4)), np.zeros(n), np.zeros(n), np.ones(n))
    occlude(rows, frames, WIDTH, HEIGHT)
    return rows


QUIET = replace(
    Noise.load(), object_sd=0.0, slow_sd=0.0, fast_sd=0.0, edge_slow=0.0, edge_fast=0.0, edge_px=0.0, spots=0,
    stray_rate=0.0, part_rate=0.0, flips={},
)


class TheNoise(unittest.TestCase):
    def test_without_noise_the_truth_comes_out(self):
        rows = standing(5, 4)
        found = detect(QUIET, rows, np.arange(5) / 10, WIDTH, HEIGHT, np.random.default_rng(1))
        self.assertEqual(len(found), 20)
        np.testing.assert_allclose(found.box, rows.box)
        self.assertEqual(set(found.user), {0, 1, 2, 3})

    def test_smaller_is_less_certain_until_it_is_missed(self):
        score = []
        for height in (64.0, 16.0):
            found = detect(QUIET, standing(1, 4, height), np.zeros(1), WIDTH, HEIGHT, np.random.default_rng(1))
            score.append(found.score.mean())
        self.assertGreater(score[0], score[1] + 0.2)
        tiny = detect(QUIET, standing(1, 4, 3.0), np.zeros(1), WIDTH, HEIGHT, np.random.default_rng(1))
        self.assertEqual(len(tiny), 0)

    def test_edges_err_by_the_share_that_is_given(self):
        noise = replace(QUIET, edge_fast=0.03, base={"car": 9.0})
        rows = standing(2000, 1)
        found = detect(noise, rows, np.arange(2000) / 10, WIDTH, HEIGHT, np.random.default_rng(1))
        error = (found.box - rows.box) / np.array([60.0, 40.0, 60.0, 40.0])
        np.testing.assert_allclose(error.std(0), 0.03, rtol=0.1)

    def test_misses_come_in_runs(self):
        noise = replace(QUIET, slow_sd=2.0, slow_s=1.0, base={"car": -2.0})
        found = detect(noise, standing(4000, 1), np.arange(4000) / 10, WIDTH, HEIGHT, np.random.default_rng(1))
        seen = np.isin(np.arange(4000), found.frame)
        share = 1.0 - seen.mean()
        again = (~seen[1:] & ~seen[:-1]).sum() / (~seen[:-1]).sum()
        self.assertTrue(0.2 < share < 0.8)
        self.assertGreater(again, share + 0.15)

    def test_the_same_seed_gives_the_same(self):
        rows, noise = standing(20, 4), Noise.load()
        one, two = (detect(noise, rows, np.arange(20) / 10, WIDTH, HEIGHT, np.random.default_rng(7)) for _ in range(2))
        np.testing.assert_array_equal(one.box, two.box)

    def test_who_stands_behind_is_hidden(self):
        rows = standing(1, 2)
        rows.box[1] = rows.box[0] + [20.0, -10.0, 20.0, 10.0]
        rows.depth[:] = [10.0, 5.0]
        occlude(rows, 1, WIDTH, HEIGHT)
        self.assertEqual(rows.visible[1], 1.0)
        self.assertTrue(0.2 < rows.visible[0] < 0.7, rows.visible[0])
        self.assertLess(rows.shown[0, 2], rows.box[0, 2])


if __name__ == "__main__":
    unittest.main()

"""A scripted ghost is laid where all of its drive can be seen."""

import unittest

import numpy as np

from streets import network, script, traffic

DRIVE = script.WrongWay(20.0, "S", "W", 3)


def record(tracks):
    return traffic.Record(60.0, tracks, [], [], network.Programme())


def standing(x, y, steps=600):
    zero = np.zeros(steps)
    return traffic.Track(1, "car", "sedan", 0, np.tile([x, y], (steps, 1)), zero, zero, np.zeros(steps, np.uint8), zero)


class GhostTest(unittest.TestCase):
    def setUp(self):
        self.courses = [script._wrong_way_course(DRIVE, DRIVE.speed)]

    def laid(self, tracks, at):
        first = standing(150.0, 150.0)  # far away: a ghost's number follows that of somebody
        return script._lay_apart(record([first, *tracks]), "ghost", self.courses, at)

    def test_an_empty_street_is_taken_at_once(self):
        self.assertEqual(self.laid([], 20.0).first, 200)

    def test_most_of_the_drive_falls_into_the_clip(self):
        track = self.laid([], 50.0)
        self.assertGreaterEqual(len(track.xy), 0.8 * len(self.courses[0][0]))

    def test_a_car_beside_it_is_borne_only_where_there_is_no_other_moment(self):
        beside = standing(-40.0, -5.25)  # in the next lane for the whole clip
        self.assertEqual(self.laid([beside], 20.0).first, 200)
        leaves = standing(-40.0, -5.25, steps=380)
        self.assertGreater(self.laid([leaves], 20.0).first, 200)

    def test_nobody_is_driven_over(self):
        with self.assertRaises(script.NoRoom):
            self.laid([standing(-40.0, -1.75)], 20.0)


if __name__ == "__main__":
    unittest.main()

"""Signals never give green to streets that cross, and the demand follows its seed."""

import unittest

from streets.demand import Demand, routes
from streets.network import Programme, link_states, stage_letters


class NetworkTest(unittest.TestCase):
    def test_no_conflicting_greens(self):
        programme = Programme(offset=3.0)
        for k in range(int(programme.cycle * 20)):
            shown = stage_letters(programme, k / 10)
            self.assertTrue("r" in (shown["ew"], shown["ns"]) or "u" in (shown["ew"], shown["ns"]))
            self.assertFalse(shown["ew"] in "Gy" and shown["ns"] in "Gyu" and shown["ns"] != "r")
            if shown["walk_ew"] == "G":
                self.assertEqual(shown["ew"], "G")
            if shown["walk_ns"] == "G":
                self.assertEqual(shown["ns"], "G")

    def test_every_cycle_is_the_same(self):
        p = Programme()
        for t in (0.0, 7.3, 21.0, 44.9):
            self.assertEqual(stage_letters(p, t), stage_letters(p, t + p.cycle))

    def test_turning_streams_yield(self):
        letters = {"ew": "r", "ns": "G", "walk_ew": "r", "walk_ns": "G"}
        links = [[("Si_1", "No_1", "")], [("Si_2", "Wo_3", "")], [("Ei_1", "Wo_1", "")], [(":C_w1_0", ":C_c0_0", "")], [(":C_w2_0", ":C_c1_0", "")]]
        self.assertEqual(link_states(links, letters), "GgrrG")

    def test_demand_follows_its_seed(self):
        self.assertEqual(routes(5, Demand(), 30.0), routes(5, Demand(), 30.0))
        self.assertNotEqual(routes(5, Demand(), 30.0), routes(6, Demand(), 30.0))

    def test_nobody_turns_left_where_it_is_ruled_out(self):
        text = routes(5, Demand(left=0.9, no_left=("W",)), 300.0)
        self.assertNotIn('edges="Wi No"', text)
        self.assertIn('edges="Ei So"', text)


if __name__ == "__main__":
    unittest.main()

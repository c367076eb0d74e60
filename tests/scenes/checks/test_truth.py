"""What is written beside a clip: compact, in the contract's words, and consistent with the signals."""

import json
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

from streets import catalogue, clip, network, traffic, truth, world
from streets.script import Happening


def record(seconds=60.0):
    programme = network.Programme()
    letters = [network.stage_letters(programme, k * traffic.STEP) for k in range(round(seconds / traffic.STEP))]
    return traffic.Record(seconds, [], letters, [], programme)


class TruthTest(unittest.TestCase):
    def test_roadway_ends_at_the_kerb(self):
        for x, y, road in ((0, 0, True), (6.9, 60, True), (7.1, 60, False), (60, -10.4, True), (60, -10.6, False),
                           (9.5, 13.0, True), (11.5, 15.0, False), (-9.5, -13.0, True), (12.0, 18.0, False)):
            self.assertEqual(world.on_roadway(x, y), road, (x, y))

    def test_compact_keeps_what_rules_ask_for(self):
        base = {"id": 1, "box": [0.1, 0.1, 0.2, 0.2], "heading_deg": 359.8, "speed_kmh": 4.0}
        row = truth.compact({"t": 1.0, "objects": [
            {**base, "class": "person", "road": [20.0, 20.5]}, {**base, "class": "person", "road": [2.0, 30.0]},
            {**base, "class": "car", "road": [2.0, 30.25]},
        ]})
        pavement, road, car = row["objects"]
        self.assertEqual(set(pavement), {"id", "class", "box"})
        self.assertEqual((road["heading_deg"], road["speed_kmh"]), (0, 4))
        self.assertEqual(car["road"], [2, 30.25])

    def test_phases_begin_at_nought_and_change(self):
        rows = truth.phases(record(), 11)
        self.assertEqual({row["g"] for row in rows if row["t"] == 0.0}, {11, 12, 13, 14})
        ew = [row["s"] for row in rows if row["g"] == 12]
        self.assertEqual(ew[:4], ["permissive-movement-allowed", "permissive-clearance", "stop-and-remain", "pre-movement"])

    def test_phase_messages_are_gapless_and_grow(self):
        rows = [json.loads(line) for line in clip.phase_messages(record(), 1).splitlines()]
        self.assertEqual([row["seq"] for row in rows], list(range(len(rows))))
        self.assertEqual([row["ts"] for row in rows], sorted(row["ts"] for row in rows))
        self.assertTrue(all(len(row["groups"]) == 4 for row in rows))
        self.assertGreaterEqual(len(rows), 60)

    def test_nothing_is_counted_once_the_camera_was_turned(self):
        line = {"id": "L", "a": (0.1, 0.5), "b": (0.9, 0.5), "band": 0.25, "classes": []}
        frames = [
            {"t": t / 10, "objects": [{
                "id": 1, "class": "car", "box": [0.4, t / 60 - 0.1, 0.5, t / 60], "road": [0, 0], "heading_deg": 0.0, "speed_kmh": 0.0,
            }]}
            for t in range(6, 60)
        ]
        for turned, counted in ((9.0, 1), (1.0, 0)):
            told = [Happening("camera_moved", turned, 10.0, None)]
            whole = truth.whole("a.mp4", (100, 100), 10.0, frames, [line], record(), told, {}, 1)
            self.assertEqual(sum(sum(row["classes"].values()) for row in whole["counts"]), counted)

    def test_clips_of_one_site_share_no_signal_groups(self):
        firsts = [spec.first_group for name, spec in catalogue.SCENES.items() if name.endswith("-intersection")]
        groups = [first + k for first in firsts for k in truth.GROUPS.values()]
        self.assertEqual(len(groups), len(set(groups)))

    def test_a_folder_of_other_settings_is_refused(self):
        spec = catalogue.SCENES["quiet"]
        with tempfile.TemporaryDirectory() as name:
            clip._claim(Path(name), spec)
            clip._claim(Path(name), spec)
            with self.assertRaises(clip.OtherSettings):
                clip._claim(Path(name), replace(spec, seed=99))


if __name__ == "__main__":
    unittest.main()

"""Scenes drawn at random are the same from the same number, and their cameras see the street."""

import json
import tempfile
import unittest
from pathlib import Path

import cv2
import numpy as np

from streets import clip, stills, varied
from streets.camera import Camera


class VariedTest(unittest.TestCase):
    def test_a_number_is_a_scene_for_ever(self):
        self.assertEqual(varied.scene(7, 60.0, 1.0, 3), varied.scene(7, 60.0, 1.0, 3))
        self.assertNotEqual(varied.scene(7, 60.0, 1.0, 3).camera, varied.scene(13, 60.0, 1.0, 3).camera)

    def test_neighbours_hold_all_light(self):
        self.assertEqual({varied.scene(n, 60.0, 1.0, 3).mood for n in range(1, 7)}, set(varied.MOODS))

    def test_every_camera_sees_roadway(self):
        for number in range(1, 25):
            camera = varied.scene(number, 60.0, 1.0, 3).camera
            road, free = varied.sees(camera)
            self.assertGreaterEqual(road, varied.SEEN_ROADWAY, number)
            self.assertGreaterEqual(free, varied.FREE, number)

    def test_a_house_hides_what_is_behind_it(self):
        eye = (-42.0, 20.0, 6.0)  # before the house at (-62..-22, 30..44)
        self.assertEqual(varied.hidden(eye, [(-42.0, 80.0, 1.3), (-42.0, 0.0, 1.3)]).tolist(), [True, False])

    def test_a_camera_that_looks_at_the_sky_sees_none(self):
        self.assertEqual(varied.sees(Camera((0.0, -30.0, 10.0), (0.0, 0.0, 60.0), 40.0))[0], 0.0)


class StillsTest(unittest.TestCase):
    def test_pictures_and_truth_are_collected(self):
        spec = varied.scene(1, 2.0, 1.0, 3)
        record, _ = clip.simulate(spec)
        with tempfile.TemporaryDirectory() as name:
            work, folder = Path(name, "work"), Path(name)
            (work / "frames").mkdir(parents=True)
            for n in range(2):
                cv2.imwrite(str(work / "frames" / f"{n:06d}.png"), np.full((360, 640, 3), 90, np.uint8))
                user = {"id": n, "class": "car", "box": [0.1, 0.1, 0.2, 0.2], "road": [0, 0], "heading_deg": 0.0, "speed_kmh": 0.0}
                (work / "frames" / f"{n:06d}.json").write_text(json.dumps({"t": float(n), "objects": [user]}))
            stills._collect(spec, record, work, folder, 2)
            truth = json.loads((folder / "truth.json").read_text())
            self.assertEqual([row["objects"][0]["id"] for row in truth["frames"]], [0, 1])
            self.assertEqual(cv2.imread(str(folder / "frames" / "000001.jpg")).shape, (360, 640, 3))


if __name__ == "__main__":
    unittest.main()

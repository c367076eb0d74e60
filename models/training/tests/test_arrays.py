"""What needs NumPy and OpenCV: boxes, labels from teachers, metrics, scenes, the cache, augmentation."""

import tempfile
import unittest
from pathlib import Path

try:
    import cv2
    import numpy as np
except ImportError:
    print("SKIPPED: training: NumPy and OpenCV are not installed (./kerege train --test runs these)")
    raise unittest.SkipTest("NumPy and OpenCV are not installed") from None

from kerege_train import augment, boxes, metrics, split
from kerege_train.cache import LONGEST, Shard
from kerege_train.classes import INDEX, weights
from kerege_train.data import unknown
from kerege_train.evaluate import decode_yolox, letterbox
from kerege_train.labels import complete
from kerege_train.parts import inherited, rendered


def line(people=(), pvb=(), nanodet=(), deim=(), kinds=()) -> dict:
    """A cached line."""
    answers = {"pvb": list(pvb), "nanodet": list(nanodet), "deim": list(deim)}
    return {"people": list(people), "answers": answers, "kinds": {"people": list(kinds), "pvb": [None] * len(pvb)}}


BOX = [0.1, 0.1, 0.3, 0.3]


class Boxes(unittest.TestCase):
    def test_overlap_and_cover(self) -> None:
        a, b = np.array([[0, 0, 2, 2.0]]), np.array([[1, 0, 3, 2.0], [5, 5, 6, 6]])
        np.testing.assert_allclose(boxes.overlaps(a, b), [[1 / 3, 0]])
        np.testing.assert_allclose(boxes.covered(a, b), [[0.5, 0]])

    def test_suppression_is_within_a_group(self) -> None:
        same = np.array([[0, 0, 1, 1.0]] * 3)
        rows = boxes.suppress(same, np.array([0.5, 0.9, 0.4]), np.array(["car", "truck", "person"]), 0.5)
        self.assertEqual([row[5] for row in rows], ["truck", "person"])


class Labels(unittest.TestCase):
    def test_teachers_who_agree_make_a_label(self) -> None:
        found = complete(line(pvb=[[*BOX, 0.6, "vehicle"]], nanodet=[[*BOX, 0.5, "car"]]), trusted=False)
        self.assertEqual((len(found.boxes), len(found.ignored)), (1, 0))
        self.assertFalse(found.by_people[0])
        np.testing.assert_allclose(found.classes[0], weights("car_or_van"), atol=1e-6)

    def test_one_teacher_alone_makes_an_ignored_region(self) -> None:
        found = complete(line(pvb=[[*BOX, 0.6, "vehicle"]]), trusted=False)
        self.assertEqual((len(found.boxes), len(found.ignored)), (0, 1))

    def test_a_whisper_is_background(self) -> None:
        found = complete(line(pvb=[[*BOX, 0.2, "vehicle"]]), trusted=False)
        self.assertEqual((len(found.boxes), len(found.ignored)), (0, 0))

    def test_what_people_labelled_stays_and_teachers_narrow_its_class(self) -> None:
        known = line(people=[["vehicle", BOX]], nanodet=[[*BOX, 0.5, "bus"]], kinds=[None])
        found = complete(known, trusted=False)
        self.assertTrue(found.by_people[0])
        self.assertEqual(int(found.classes[0].argmax()), INDEX["bus"])
        self.assertEqual(found.classes[0][INDEX["car"]], 0)

    def test_trusted_sources_get_no_vehicles_from_teachers_but_persons(self) -> None:
        vehicle, person = [*BOX, 0.9, "vehicle"], [0.6, 0.6, 0.7, 0.9, 0.9, "person"]
        found = complete(line(pvb=[vehicle, person], nanodet=[[*BOX, 0.9, "car"], person]), trusted=True)
        self.assertEqual([int(each.argmax()) for each in found.classes], [INDEX["person"]])
        self.assertEqual(len(found.ignored), 1)


class Metrics(unittest.TestCase):
    def wanted(self, *rows, clear=None, ignored=()) -> metrics.Wanted:
        held = np.array(rows, float).reshape(-1, 4)
        return metrics.Wanted(held, np.array(clear or [True] * len(held)), np.array(ignored, float).reshape(-1, 4))

    def tally(self, rows, scores, wanted) -> metrics.Tally:
        tally = metrics.Tally()
        tally.add(metrics.Found(np.array(rows, float).reshape(-1, 4), np.array(scores, float)), wanted)
        return tally

    def test_perfect_is_one(self) -> None:
        rows = [[0, 0, 10, 10], [20, 0, 30, 10]]
        figures = self.tally(rows, [0.9, 0.8], self.wanted(*rows)).summary()
        self.assertEqual((figures["ap50"], figures["ap50_95"], figures["recall_at_90"]), (1, 1, 1))

    def test_a_false_alarm_above_a_hit_halves_precision(self) -> None:
        rows = [[50, 50, 60, 60], [0, 0, 10, 10]]
        figures = self.tally(rows, [0.9, 0.8], self.wanted([0, 0, 10, 10])).summary()
        self.assertAlmostEqual(figures["ap50"], 0.5)
        self.assertEqual(figures["recall_at_90"], 0)

    def test_one_label_is_found_once(self) -> None:
        same = [[0, 0, 10, 10]] * 2
        self.assertEqual(metrics.match(np.array(same, float), self.wanted(same[0]))[:, 0].tolist(), [1, 0])

    def test_ignored_and_unclear_count_neither_way(self) -> None:
        wanted = self.wanted([0, 0, 10, 10], [20, 0, 30, 10], clear=[True, False], ignored=[[40, 0, 60, 20]])
        rows = np.array([[0, 0, 10, 10], [20, 0, 30, 10], [42, 2, 50, 10], [80, 0, 90, 10]], float)
        self.assertEqual(metrics.match(rows, wanted)[:, 0].tolist(), [1, -1, -1, 0])


class Scenes(unittest.TestCase):
    def test_a_mirrored_and_darker_picture_is_the_same_scene(self) -> None:
        rng = np.random.default_rng(1)
        one, other = (cv2.resize(rng.integers(0, 256, (6, 8, 3), np.uint8), (320, 240)) for _ in range(2))
        darker = (one[:, ::-1] * 0.6).astype(np.uint8)
        described = np.array([split.descriptor(each) for each in (one, other, darker)])
        self.assertEqual(split.scenes(split.likeness(described)), [0, 1, 0])

    def test_a_new_picture_goes_with_its_scene(self) -> None:
        found = inherited(["a", "b", "c"], [0, 0, 2], {"a": "test"})
        self.assertEqual((found["b"], found["c"]), ("test", split.part("c")))


    def test_rendered_scenes_are_held_out_by_their_name(self) -> None:
        self.assertEqual(rendered("rendered/test-crossing"), "test")
        self.assertEqual({rendered(f"rendered/varied-{n}") for n in range(60)}, {"train", "test"})


class Cache(unittest.TestCase):
    def test_a_cut_off_run_goes_on(self) -> None:
        pixels = np.random.default_rng(1).integers(0, 256, (LONGEST * 2, LONGEST, 3), np.uint8)
        with tempfile.TemporaryDirectory() as folder:
            Shard(Path(folder), "s").extend(iter([({"key": "a"}, pixels)]))
            with (Path(folder) / "s.jsonl").open("a") as out:
                out.write('{"key": "b", "off')
            with (Path(folder) / "s.bin").open("ab") as out:
                out.write(b"half a picture")
            shard = Shard(Path(folder), "s")
            self.assertEqual(shard.keys, {"a"})
            shard.extend(iter([({"key": "b"}, pixels[: LONGEST // 2])]))
            again = Shard(Path(folder), "s")
            self.assertEqual(again.pixels(again.lines[0]).shape, (LONGEST, LONGEST // 2, 3))
            np.testing.assert_array_equal(again.pixels(again.lines[1]), pixels[: LONGEST // 2])


class Augmentation(unittest.TestCase):
    def test_boxes_follow_the_pixels(self) -> None:
        rng, plain = np.random.default_rng(3), np.zeros((200, 300, 3), np.uint8)
        plain[80:120, 100:180] = 255
        car = np.array([weights("car")], np.float32)
        sample = augment.Sample(plain, np.array([[100, 80, 180, 120]], np.float32), car, np.zeros((0, 4), np.float32))
        checked = 0
        for _ in range(40):
            made = augment.compose([(sample, augment.Scales(0.7, 1.2))], (256, 256), rng)
            ys, xs = np.where(made.pixels[:, :, 0] > 200)
            if len(made.boxes) and len(xs):
                seen = np.array([[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]], float)
                self.assertGreater(boxes.overlaps(seen, made.boxes)[0, 0], 0.7)
                checked += 1
        self.assertGreater(checked, 20)

    def test_every_weather_keeps_shape_and_type(self) -> None:
        pixels = np.random.default_rng(1).integers(0, 256, (64, 96, 3), np.uint8)
        for seed in range(60):
            made = augment.weather(pixels, np.random.default_rng(seed))
            self.assertEqual((made.shape, made.dtype), (pixels.shape, np.uint8))

    def test_cells_in_ignored_regions(self) -> None:
        mask = unknown(np.array([[0, 0, 16, 16.0]]), (64, 32))
        self.assertEqual((len(mask), int(mask[:32].sum()), int(mask[32:].sum())), (8 * 4 + 4 * 2 + 2, 4, 1))


class Decoding(unittest.TestCase):
    def test_a_cell_becomes_a_box(self) -> None:
        output = np.zeros((84, 12), np.float32)
        output[8 * 2 + 3] = [0.5, 0.5, np.log(2), 0, 0.8, 0.1, 0, 0.9, 0, 0, 0, 0]
        found = decode_yolox(output, 64, 64, {0: "car", 2: "bus"}, 0.1)
        np.testing.assert_allclose(found.boxes, [[20, 16, 36, 24]], atol=1e-5)
        self.assertEqual(found.words.tolist(), ["bus"])
        self.assertAlmostEqual(float(found.scores[0]), 0.72, places=5)

    def test_letterbox_fills_right_and_below(self) -> None:
        tensor, scale = letterbox(np.zeros((90, 160, 3), np.uint8), 64, 64)
        self.assertAlmostEqual(scale, 0.4)
        self.assertEqual((tensor[0, 0, 35, 63], tensor[0, 0, 36, 0]), (0, 114))


if __name__ == "__main__":
    unittest.main()

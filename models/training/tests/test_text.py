"""What needs nothing but Python: class meanings, the tables that ship, label formats, report tables."""

import tomllib
import unittest

from kerege_train import box_manifest, table
from kerege_train.classes import CLASSES, MEANINGS, group, weights
from kerege_train.manifest import MANIFEST, read_manifest
from kerege_train.sources import read_coco, read_table, read_truth, read_yolo


class Classes(unittest.TestCase):
    def test_every_meaning_allows_known_classes_of_one_group(self) -> None:
        kinds = {name: group(name) for name in CLASSES}
        for meaning, allowed in MEANINGS.items():
            with self.subTest(meaning):
                self.assertEqual({kinds[name] for name in allowed}, {group(meaning)})
                self.assertEqual(len(weights(meaning)), len(CLASSES))
                self.assertTrue(all(0 < value <= 1 for value in allowed.values()))

    def test_a_vehicle_of_unknown_kind_allows_four_classes(self) -> None:
        self.assertEqual(sum(value > 0 for value in weights("vehicle")), 4)


class Tables(unittest.TestCase):
    def test_every_source_has_a_licence_and_meanings_that_exist(self) -> None:
        sources = read_table()
        self.assertGreater(len(sources), 4)
        for source in sources:
            with self.subTest(source.name):
                self.assertTrue(source.licence and source.origin)
                self.assertLessEqual({word for word in source.meanings if word}, set(MEANINGS))
                self.assertLess(source.scales[0], source.scales[1])
                if source.kind == "video":
                    self.assertEqual(len(source.sha256), 64)

    def test_no_scene_is_in_two_parts_except_the_one_that_says_so(self) -> None:
        parts: dict[str, set[str]] = {}
        for line in MANIFEST.read_text(encoding="utf-8").splitlines()[1:]:
            source, _, _, scene, part = line.split("\t")
            parts.setdefault(f"{source}/{scene}", set()).add(part)
        shared = [each for each in parts.values() if len(each) > 1]
        self.assertEqual(shared, [{"train", "test-night"}])

    def test_a_short_line_of_the_manifest_is_named(self) -> None:
        with self.assertRaisesRegex(ValueError, "m.tsv:2: 2 fields"):
            read_manifest("# head\na\tb\n", "m.tsv")


class Formats(unittest.TestCase):
    def test_yolo_boxes_and_polygons(self) -> None:
        text = "0 0.5 0.5 0.2 0.4\n1 0.1 0.1 0.3 0.1 0.3 0.2 0.1 0.2\n\n2 0.5 0.5 0.1 0.1\n"
        found = list(read_yolo(text, ("car", "bus", None), "a.txt"))
        self.assertEqual([meaning for meaning, _ in found], ["car", "bus"])
        for got, wanted in zip(found[0][1] + found[1][1], [0.4, 0.3, 0.6, 0.7, 0.1, 0.1, 0.3, 0.2], strict=True):
            self.assertAlmostEqual(got, wanted)

    def test_yolo_faults_name_file_and_line(self) -> None:
        for text in ("9 0.5 0.5 0.1 0.1", "0 0.5 0.5 0.1", "0 a b c d"):
            with self.subTest(text), self.assertRaisesRegex(ValueError, "a.txt:1"):
                list(read_yolo(text, ("car",), "a.txt"))

    def test_coco(self) -> None:
        document = {
            "categories": [{"id": 7, "name": "lorry"}],
            "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 50}],
            "annotations": [{"image_id": 1, "category_id": 7, "bbox": [10, 10, 30, 20]}],
        }
        self.assertEqual(read_coco(document, ("truck",)), {"a.jpg": [("truck", [0.1, 0.2, 0.4, 0.6])]})

    def test_truth_hides_the_tiny_and_the_covered(self) -> None:
        seen = {"class": "car", "box": [0.1, 0.1, 0.2, 0.2]}
        frame = {"objects": [seen, {**seen, "occlusion": 0.9}, {**seen, "box": [0, 0, 0.1, 0.01]}]}
        boxes, hidden = read_truth(frame, 360)
        self.assertEqual((len(boxes), len(hidden)), (1, 2))


class BoxManifest(unittest.TestCase):
    def test_a_manifest_names_its_file_and_a_fallback_of_its_size(self) -> None:
        sizes = {model.name: (model.width, model.height) for model in box_manifest.MODELS}
        for model in box_manifest.MODELS:
            with self.subTest(model.name):
                read = tomllib.loads(box_manifest.text(model, b"weights", "Apache-2.0"))
                self.assertEqual(read["bytes"], 7)
                self.assertEqual([each["means"] for each in read["class"]], list(CLASSES))
                if model.fallback:
                    self.assertEqual(sizes[model.fallback], sizes[model.name])


class Report(unittest.TestCase):
    def test_models_stand_side_by_side(self) -> None:
        one = {"ap50": 0.5, "ap50_95": 0.25, "recall_at_90": 0.4, "labels": 3}
        model = {"pictures": 2, "map50": 0.5, "map50_95": float("nan"), "vehicle": one, "sizes": {}, "classes": {"bus": one}}
        text = table.text({"milliseconds": {"a": 1.0}, "parts": {"street": {"a": model, "b": model}}})
        self.assertIn("| bus AP50 (3) | 0.500 | 0.500 |", text)
        self.assertIn("| mAP50-95 | – | – |", text)


if __name__ == "__main__":
    unittest.main()

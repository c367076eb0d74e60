"""What needs PyTorch: the loss and its assignment, a step of training, checkpoints, export, quantisation."""

import tempfile
import unittest
from pathlib import Path

try:
    import numpy as np
    import torch
except ImportError:
    print("SKIPPED: training: PyTorch is not installed (./kerege train --test runs these)")
    raise unittest.SkipTest("PyTorch is not installed") from None

from kerege_train import evaluate, export, loop, quantise
from kerege_train.classes import weights
from kerege_train.data import Batch
from kerege_train.loss import Targets, assign, loss
from kerege_train.model import Detector, Shape, cells

TINY = Shape(8, 8, 8, 8, (0, 0, 0, 0), (8, 8, 8), (8, 8, 8))


def targets(*rows, size=64) -> Targets:
    """Cars at these boxes on one picture."""
    held = torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)
    classes = torch.tensor([weights("car")] * len(held)).reshape(-1, 7)
    count = len(cells(size, size)[0])
    return Targets(held, classes, torch.zeros(len(held), dtype=torch.long), torch.zeros(1, count, dtype=torch.bool))


class Assignment(unittest.TestCase):
    def test_cells_around_the_middle_answer_and_each_for_one(self) -> None:
        raw = torch.zeros(1, 84, 12)
        flat, owner, _ = assign(raw, targets([8, 8, 24, 24], [12, 8, 40, 28]), 64, 64)
        self.assertEqual(len(flat), len(set(flat.tolist())))
        self.assertEqual(set(owner.tolist()), {0, 1})

    def test_an_empty_picture_has_a_loss(self) -> None:
        parts = loss(torch.zeros(1, 84, 12, requires_grad=True), targets(), (64, 64))
        self.assertGreater(float(parts["objectness"].detach()), 0)
        self.assertEqual(float(parts["box"].detach()), 0)

    def test_unknown_cells_are_not_asked(self) -> None:
        wanted = targets()
        wanted.unknown[:] = True
        self.assertEqual(float(loss(torch.ones(1, 84, 12), wanted, (64, 64))["all"]), 0)

    def test_an_open_label_asks_for_no_class_of_those_it_allows(self) -> None:
        raw = torch.zeros(1, 84, 12)
        raw[..., 5], other = 5.0, raw.clone()
        other[..., 5], other[..., 6] = 0.0, 5.0
        wanted = targets([8, 8, 24, 24])
        wanted.classes[:] = 0
        wanted.classes[:, :2] = 1
        first, second = (float(loss(each, wanted, (64, 64))["kind"]) for each in (raw, other))
        self.assertAlmostEqual(first, second, places=5)


class Training(unittest.TestCase):
    def batch(self) -> Batch:
        pixels = np.full((2, 64, 64, 3), 60, np.uint8)
        pixels[:, 16:48, 16:48] = 220
        held = np.array([[16, 16, 48, 48]] * 2, np.float32)
        classes = np.array([weights("car")] * 2, np.float32)
        return Batch(pixels, held, classes, np.arange(2), np.zeros((2, 84), bool))

    def test_it_learns_a_square_and_goes_on_after_a_cut(self) -> None:
        course = loop.Course(pictures=400, warm_up=5, rate=1e-2)
        state, batch = loop.begin(course, TINY, 1), self.batch()
        first = loop.step(state, course, batch, (64, 64))["all"]
        for _ in range(60):
            last = loop.step(state, course, batch, (64, 64))["all"]
        self.assertLess(last, first / 2)
        with tempfile.TemporaryDirectory() as folder:
            whole, small = Path(folder) / "state.pt", Path(folder) / "small.pt"
            loop.save(state, whole)
            again = loop.load(whole, course, 1)
            self.assertEqual((again.step, again.pictures), (61, 122))
            np.testing.assert_allclose(
                loop.step(again, course, batch, (64, 64))["all"], loop.step(state, course, batch, (64, 64))["all"], rtol=1e-4
            )
            loop.save_small(whole, small)
            self.assertLess(small.stat().st_size, whole.stat().st_size / 3)
            self.assertEqual(loop.load(small, course, 1).step, 61)


class Export(unittest.TestCase):
    def test_onnx_equals_pytorch_at_both_shapes_and_int8_is_near(self) -> None:
        torch.manual_seed(1)
        net = Detector(TINY).eval()
        for part in net.modules():  # as after training: running figures that are not 0 and 1
            if isinstance(part, torch.nn.BatchNorm2d):
                part.running_mean.normal_(0, 0.2)
                part.running_var.uniform_(0.5, 2)
        with tempfile.TemporaryDirectory() as folder:
            whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
            self.assertLess(export.export(net, whole, 416, 416), export.EQUAL)
            self.assertLess(export.difference(net, whole, 640, 352), export.EQUAL)
            quantise.quantise(whole, small, [export.picture(416, 416, seed) for seed in range(3)])
            tensor = export.picture(416, 416, 9)
            one, other = (evaluate.ours(file).raw(tensor) for file in (whole, small))
            self.assertEqual(one.shape, (3549, 12))
            self.assertLess(float(np.abs(one - other).mean()), 0.05)
            self.assertTrue((one[:, 4:] >= 0).all() and (one[:, 4:] <= 1).all())


if __name__ == "__main__":
    unittest.main()

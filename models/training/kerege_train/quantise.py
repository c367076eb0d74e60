"""Step 5: static INT8 for the processor: unsigned activations, signed weights by channel.

Multiplying unsigned by signed bytes adds two products in 16 bits on processors with AVX2 but without
VNNI, and saturates there. Weights of seven bits (`reduce_range`) cannot reach that: 255 × 64 × 2 is
under 32,768. The last convolution of each scale and what follows stay in floating point: eight bits
over objectness, classes and box together would blur the boxes.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

QUANTISED = ["Conv", "Add", "Relu", "Concat", "MaxPool", "Resize"]


class Weights(Enum):
    """Bits of the weights."""

    SEVEN = 7  # cannot saturate anywhere
    EIGHT = 8  # only for processors with VNNI, to see what the eighth bit is worth


class Reader(CalibrationDataReader):
    """Hands the calibration tensors to ONNX Runtime one by one."""

    def __init__(self, tensors: Iterable[np.ndarray]) -> None:
        self.tensors = iter(tensors)

    def get_next(self) -> dict[str, np.ndarray] | None:
        tensor = next(self.tensors, None)
        return None if tensor is None else {"images": tensor}


def kept_in_float(model: onnx.ModelProto) -> list[str]:
    """Names of the last convolutions and of all that comes after them."""
    makers = {name: node for node in model.graph.node for name in node.output}
    kept, waiting = [], [model.graph.output[0].name]
    while waiting:
        node = makers.get(waiting.pop())
        if node is None or node.name in kept:
            continue
        kept.append(node.name)
        if node.op_type != "Conv":
            waiting.extend(node.input)
    return kept


def quantise(source: Path, target: Path, tensors: Iterable[np.ndarray], bits: Weights = Weights.SEVEN) -> None:
    """Writes the INT8 model of a floating-point one, calibrated on input tensors `[1, 3, h, w]`."""
    logging.getLogger().setLevel(max(logging.getLogger().level, logging.INFO))
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.onnx"
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        quantize_static(
            str(ready),
            str(target),
            Reader(tensors),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=QUANTISED,
            per_channel=True,
            reduce_range=bits is Weights.SEVEN,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=kept_in_float(onnx.load(str(ready))),
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"ActivationSymmetric": False, "CalibMovingAverage": True, "CalibMovingAverageConstant": 0.05},
        )

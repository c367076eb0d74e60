"""The steps of a training, one after another, on one folder of work. Each leaves what the next one takes."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from . import box_manifest, draw
from . import evaluate as judge
from .augment import Scales
from .cache import Shard
from .data import Plan, Share, known
from .labels import Labels
from .manifest import MANIFEST, read_manifest
from .parts import parts
from .pictures import pictures
from .prepare import prepare
from .sources import Source, read_table

LOG = logging.getLogger(__name__)
INPUT = (416, 416)
WIDE = (640, 352)
CALIBRATION = 200  # pictures
BASELINE = "yolox_nano.onnx"


@dataclass(frozen=True)
class Settings:
    """What a person chooses."""

    data: Path
    models: Path
    work: Path
    rendered: Path | None = None
    subset: int | None = None
    threads: int = 1
    seed: int = 1
    batch: int = 16

    @property
    def cache(self) -> Path:
        """Prepared pictures."""
        return self.work / ("cache" if self.subset is None else f"cache-{self.subset}")

    @property
    def checkpoint(self) -> Path:
        """Where training saves itself."""
        return self.work / "state.pt"

    @property
    def out(self) -> Path:
        """What is made in the end."""
        return self.work / "out"


def sources(settings: Settings) -> list[Source]:
    """Those of the table that are there; says which are not."""
    found = []
    for source in read_table():
        if source.kind == "rendered":
            if settings.rendered is None:
                continue
            source = dataclasses.replace(source, path=str(settings.rendered.resolve()))
        if (settings.data / source.path).exists():
            found.append(source)
        else:
            LOG.warning("%s is not there: %s is left out", settings.data / source.path, source.name)
    if not any(source.share for source in found):
        raise ValueError(f"{settings.data}: none of the training sources of sources.toml is there; see --data")
    return found


def gather(settings: Settings) -> None:
    """Prepares every source; of a subset, as many pictures of each as fall to it."""
    there = sources(settings)
    each = None if settings.subset is None else max(4, settings.subset // len(there))
    for source in there:
        prepare(source, settings.data, settings.cache, settings.models, each)


def splits(settings: Settings) -> dict[str, str]:
    """Part of the data by key, of everything that is prepared."""
    stated = read_manifest(MANIFEST.read_text(encoding="utf-8"), MANIFEST.name)
    found: dict[str, str] = {}
    for source in sources(settings):
        found |= parts(source, Shard(settings.cache, source.name), stated)
    return found


def plan(settings: Settings) -> Plan:
    """What training draws from."""
    drawn = [source for source in sources(settings) if source.share > 0]
    return Plan(
        cache=settings.cache,
        shares={source.name: Share(source.share, Scales(*source.scales)) for source in drawn},
        splits=splits(settings),
        trusted=frozenset(source.name for source in drawn if source.labels == "complete"),
        batch=settings.batch,
        seed=settings.seed,
    )


def held_out(settings: Settings, part: str) -> Iterator[tuple[str, Iterator[tuple[np.ndarray, Labels]]]]:
    """Each source with pictures in a part of the data: its name, original pictures and labels."""
    of_key = splits(settings)
    for source in sources(settings):
        shard = Shard(settings.cache, source.name)
        lines = {line["key"]: line for line in shard.lines if of_key[line["key"]] == part}
        if lines:
            yield source.name, _labelled(source, settings.data, lines)


def _labelled(source: Source, root: Path, lines: dict[str, dict]) -> Iterator[tuple[np.ndarray, Labels]]:
    for picture in pictures(source, root, set()):
        if picture.key in lines:
            yield picture.pixels, labels_of(lines[picture.key], source)


def labels_of(line: dict, source: Source) -> Labels:
    """Labels for evaluation; where nobody labelled a source, what teachers agree on is what there is."""
    if "truth" in line:
        boxes, classes, ignored = known(line, False)
        return Labels(boxes, classes, np.ones(len(boxes), bool), ignored)
    from .labels import complete

    labels = complete(line, source.labels == "complete")
    if source.kind == "video":
        labels = dataclasses.replace(labels, by_people=np.ones(len(labels.boxes), bool))
    return labels


def fit(settings: Settings, pictures_or_minutes: dict, resume: Path | None) -> None:
    """Trains, from the checkpoint of the work folder when there is one, else from `resume`, else anew."""
    from . import loop
    from .model import Shape

    course = loop.Course(threads=settings.threads, **pictures_or_minutes)
    start = settings.checkpoint if settings.checkpoint.exists() else resume
    if start is None:
        state = loop.begin(course, Shape(), settings.seed)
    else:
        state = loop.load(start, course, settings.seed)
        LOG.info("going on from %s: step %d, %d pictures", start, state.step, state.pictures)
        if start == resume:  # weights to begin with, not a course to end
            state.step, state.pictures, state.seconds = 0, 0, 0.0
    loop.run(state, course, plan(settings), settings.checkpoint)


def write_models(settings: Settings) -> dict[str, Path]:
    """The floating-point and the INT8 model, of any height and width that are multiples of 32."""
    from . import export, loop
    from .quantise import Weights, quantise

    settings.out.mkdir(parents=True, exist_ok=True)
    made = {name: settings.out / f"{name}.onnx" for name in ("kerege-nano-fp32", "kerege-nano", "eight-bit-weights")}
    net = loop.load(settings.checkpoint, loop.Course(), settings.seed).mean
    off = export.export(net, made["kerege-nano-fp32"], *INPUT)
    LOG.info("ONNX differs from PyTorch by at most %.1e", off)
    tensors = calibration(settings)
    quantise(made["kerege-nano-fp32"], made["kerege-nano"], tensors)
    quantise(made["kerege-nano-fp32"], made["eight-bit-weights"], tensors, Weights.EIGHT)
    loop.save_small(settings.checkpoint, settings.out / "kerege-nano-checkpoint.pt")
    for model in box_manifest.MODELS:
        manifest = box_manifest.text(model, (settings.out / model.file).read_bytes(), "LicenseRef-own")
        (settings.out / f"{model.name}.toml").write_text(manifest, encoding="utf-8")
    return made


def calibration(settings: Settings) -> list[np.ndarray]:
    """Input tensors of training pictures as the box makes them, some of them weathered."""
    from .augment import weather
    from .data import Pool

    pool, rng = Pool(plan(settings)), np.random.default_rng(settings.seed)
    tensors = []
    for index in range(CALIBRATION if settings.subset is None else 32):
        sample, _ = pool.draw(rng)
        pixels = np.array(sample.pixels) if index % 2 else weather(np.array(sample.pixels), rng)
        tensors.append(judge.letterbox(pixels, *INPUT)[0])
    return tensors


def report(settings: Settings) -> dict:
    """Figures of every model on every held-out part, side by side, and their milliseconds."""
    cv2.setNumThreads(1)
    models = {file.stem: judge.ours(file) for file in sorted(settings.out.glob("*.onnx"))}
    if (settings.out / "kerege-nano.onnx").exists():
        models["kerege-nano 640×352"] = judge.ours(settings.out / "kerege-nano.onnx", WIDE)
    if (settings.models / BASELINE).exists():
        models["yolox-nano"] = judge.yolox(settings.models / BASELINE)
    figures: dict = {"milliseconds": judge.milliseconds(models), "parts": {}}
    for part in sorted({part for part in splits(settings).values() if part.startswith("test")}):
        for name, labelled in held_out(settings, part):
            seen = list(labelled)
            title = name if part == "test" else f"{name} ({part})"
            figures["parts"][title] = {model: judge.evaluate(run, seen) for model, run in models.items()}
            if "kerege-nano" in models:
                draw.write(models["kerege-nano"], seen, settings.out / "pictures", title)
            LOG.info("%s: %d pictures are judged", title, len(seen))
    (settings.out / "report.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return figures

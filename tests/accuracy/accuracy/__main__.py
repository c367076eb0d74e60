"""Command line of the accuracy tools; see README.md."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from . import fit, hours, report, tracking
from .edge import Edge
from .noise import PUBLISHED, Noise

ROOT = Path(__file__).resolve().parents[3]
SHARED = next((p for p in (ROOT.parent / "shared", ROOT.parent.parent / "shared") if p.exists()), ROOT.parent / "shared")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./kerege bench accuracy", description=__doc__)
    parser.add_argument("--edge", type=Path, default=ROOT / "target/release/kerege-edge", help="the built program")
    parser.add_argument("--work", type=Path, default=ROOT / ".kerege/accuracy", help="where results are kept")
    parser.add_argument("--noise", type=Path, default=PUBLISHED, help="parameters of the noise model")
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder with tracking/ and models/")
    todo = parser.add_subparsers(dest="what")
    track = todo.add_parser("tracking", help="the tracker against its peers")
    track.add_argument("--seeds", type=int, default=len(tracking.EVALUATION), help="how many seeds")
    track.add_argument("--kitti-seeds", type=int, default=3)
    rules = todo.add_parser("rules", help="rules, counts and speeds on simulated camera-hours")
    rules.add_argument("--hours", type=int, default=4, help="how many of the site; every other one with scripted incidents")
    rules.add_argument("--calm", type=int, default=0, help="how many more of ordinary traffic")
    rules.add_argument("--jobs", type=int, default=1, help="how many at a time")
    rules.add_argument("--seconds", type=float, default=hours.SECONDS, help="length of each; five cameras see it")
    learn = todo.add_parser("fit", help="fit the noise model to a YOLOX-shaped detector on rendered clips")
    learn.add_argument("--clips", type=Path, default=ROOT / "deploy/demo", help="folder of NAME.mp4 with NAME.truth.json")
    learn.add_argument("--model", type=Path, default=ROOT / "models/weights/kerege-nano.onnx")
    learn.add_argument("--out", type=Path, required=True)
    todo.add_parser("report", help="write docs/accuracy.md from what is known")
    return parser.parse_args()


def _track(arguments: argparse.Namespace, edge: Edge, noise: Noise) -> None:
    table = tracking.trackers(edge, arguments.work)
    labels = arguments.shared / "tracking"
    if labels.exists():
        tracking.evaluate(tracking.mot15(labels / "mot15"), table, arguments.work)
    else:
        print(f"SKIPPED: KITTI and MOT15: {labels} is absent")
    for number, seed in enumerate(tracking.EVALUATION[: arguments.seeds]):
        cells = (tracking.simulated(seed, fps, noise, arguments.work) for fps in tracking.RATES)
        tracking.evaluate(cells, table, arguments.work)
        for fps in (10.0, 5.0) if number < arguments.kitti_seeds and labels.exists() else ():
            tracking.evaluate(tracking.kitti(labels / "kitti-labels", seed, fps, noise), table, arguments.work)


def _rules(arguments: argparse.Namespace, edge: Edge, noise: Noise) -> None:
    todo = hours.plan(arguments.hours, arguments.seconds, arguments.calm)
    for hour, result in hours.run_all(todo, edge, noise, arguments.work, arguments.jobs):
        sums: dict[str, list[int]] = {}
        for camera in result["cameras"].values():
            for kind, row in camera["rules"].items():
                mine = sums.setdefault(kind, [0, 0, 0])
                mine[:] = [mine[0] + row["found"], mine[1] + row["due"], mine[2] + len(row["false"])]
        told = ", ".join(f"{kind} {found}/{due} +{false}" for kind, (found, due, false) in sums.items() if due or false)
        print(f"rules: {noise.name} {hour.name}: {told}; {result['processor_s']} s", flush=True)


def main() -> None:
    """Does what is asked; without a command, everything and the report."""
    arguments = _arguments()
    if arguments.what == "fit":
        fit.command(arguments.model, arguments.clips, arguments.out)
        return
    if arguments.what != "report":
        edge, noise = Edge(arguments.edge), Noise.load(arguments.noise)
        if arguments.what in (None, "tracking"):
            arguments.seeds, arguments.kitti_seeds = getattr(arguments, "seeds", 10), getattr(arguments, "kitti_seeds", 3)
            _track(arguments, edge, noise)
        if arguments.what in (None, "rules"):
            for name, usual in (("hours", 4), ("calm", 0), ("jobs", 1), ("seconds", hours.SECONDS)):
                setattr(arguments, name, getattr(arguments, name, usual))
            _rules(arguments, edge, noise)
    pictures = ROOT / "docs/images/accuracy"
    shutil.rmtree(pictures, ignore_errors=True)
    (ROOT / "docs/accuracy.md").write_text(report.write(arguments.work, arguments.noise, pictures))
    print(f"written: {ROOT / 'docs/accuracy.md'}")


if __name__ == "__main__":
    main()

"""Command line: `python -m streets render|plan|list`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from . import catalogue, clip, kinds, room, stills

DRAFT_SAMPLES = 3


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="render", description="Street scenes with exact truth.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="name the scenes")
    for name, text in (("render", "make a clip, or go on with one"), ("plan", "simulate only, and tell what happens")):
        sub = commands.add_parser(name, help=text)
        sub.add_argument("--scene", required=True, choices=sorted(catalogue.SCENES))
        sub.add_argument("--seed", type=int, help="another seed than the scene's own")
        sub.add_argument("--seconds", type=float, help="length of the clip")
        sub.add_argument("--fps", type=float, help="frames per second")
        if name == "render":
            sub.add_argument("--out", type=Path, required=True, help="folder of the clip and its frames")
            sub.add_argument("--samples", type=int, help="Cycles samples a pixel of the still world")
            sub.add_argument("--prepare", action="store_true", help="simulate the traffic into the folder, draw nothing yet")
            sub.add_argument("--draft", action="store_true", help=f"a noisy still world ({DRAFT_SAMPLES} samples), quickly")
    sub = commands.add_parser("stills", help="pictures for a detector's training from many scenes drawn at random")
    sub.add_argument("--first", type=int, default=1, help="number of the first scene")
    sub.add_argument("--scenes", type=int, required=True, help="how many scenes (cameras)")
    sub.add_argument("--frames", type=int, default=80, help="pictures of each")
    sub.add_argument("--every", type=float, default=1.3, help="seconds between two pictures")
    sub.add_argument("--out", type=Path, required=True, help="folder of the scenes' folders")
    return parser


def _plan(spec: catalogue.Spec) -> None:
    record, happenings = clip.simulate(spec)
    by_class: dict[str, int] = {}
    for track in record.tracks:
        cls = kinds.BY_NAME[track.kind].cls
        by_class[cls] = by_class.get(cls, 0) + 1
    print("road users:", ", ".join(f"{n} {cls}" for cls, n in sorted(by_class.items())))
    for h in happenings:
        print(f"{h.kind}: {h.start:.1f} to {h.end:.1f} s {h.lane or ''} {' '.join(h.names)}")
    touching = room.overlaps(record)
    print("overlapping bodies (steps of 0.1 s):", ", ".join(f"{name} {steps}" for name, steps in touching) or "none")


def _step_back() -> None:
    """Lowers the own priority, unless the caller has done so."""
    if os.nice(0) == 0:
        os.nice(10)


def main() -> int:
    """Runs a command; the exit code is 2 when something was asked that cannot be done."""
    args = _parser().parse_args()
    if args.command == "list":
        for name, spec in catalogue.SCENES.items():
            print(f"{name:20} {spec.mood:5} {spec.seconds:.0f} s  {', '.join(type(s).__name__ for s in spec.scripts)}")
        return 0
    if args.command == "stills":
        _step_back()
        stills.render(args.first, args.scenes, args.frames, args.every, args.out, lambda text: print(text, flush=True))
        return 0
    samples = getattr(args, "samples", None) or (DRAFT_SAMPLES if getattr(args, "draft", False) else None)
    spec = catalogue.named(args.scene, args.seed, args.seconds, args.fps, samples)
    try:
        if args.command == "plan":
            _plan(spec)
        elif args.prepare:
            clip.prepare(spec, args.out)
        else:
            _step_back()
            clip.render(spec, args.out, lambda text: print(text, flush=True))
    except (clip.OtherSettings, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

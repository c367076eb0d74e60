"""The program that `./kerege train` runs."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

STEPS = ("prepare", "fit", "export", "evaluate")


def parser() -> argparse.ArgumentParser:
    """Every option with its default."""
    made = argparse.ArgumentParser(prog="kerege train", description="Trains Kerege's detector from random weights.")
    add = made.add_argument
    add("--data", type=Path, required=True, help="folder with images/ and videos/ of sources.toml")
    add("--models", type=Path, help="folder with the teachers' models (default: models/ in the data folder)")
    add("--rendered", type=Path, help="folder of rendered scenes with their truth (tests/scenes makes them)")
    add("--work", type=Path, required=True, help="folder for prepared data, checkpoints and results")
    add("--subset", type=int, metavar="N", help="about N pictures and five minutes of training: a trial of the whole way")
    length = made.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, help="train for so many minutes of wall time")
    length.add_argument("--pictures", type=int, help="train on so many augmented pictures (default 400000)")
    add("--threads", type=int, default=1, help="threads of training (default 1; batches are made in another process)")
    add("--seed", type=int, default=1, help="of weights, drawing and augmentation (default 1)")
    add("--resume", type=Path, metavar="CHECKPOINT", help="begin with these weights, unless --work has a run to go on with")
    add("--only", choices=STEPS, help="this step alone; without it all, going on where a cut-off run stopped")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Runs the steps; faults of the data or the options end with a sentence and status 1."""
    given = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    from . import steps
    from .table import text

    settings = steps.Settings(
        data=given.data,
        models=given.models or given.data / "models",
        work=given.work,
        rendered=given.rendered,
        subset=given.subset,
        threads=given.threads,
        seed=given.seed,
    )
    chosen = STEPS if given.only is None else (given.only,)
    try:
        if "prepare" in chosen:
            steps.gather(settings)
        if "fit" in chosen:
            steps.fit(settings, length(given), given.resume)
        if "export" in chosen:
            for file in steps.write_models(settings).values():
                logging.info("%s: %d bytes", file, file.stat().st_size)
        if "evaluate" in chosen:
            sys.stdout.write(text(steps.report(settings)))
    except (ValueError, OSError) as fault:
        logging.error("%s", fault)
        return 1
    return 0


def length(given: argparse.Namespace) -> dict:
    """How long to train, for `loop.Course`."""
    if given.minutes is not None:
        return {"minutes": given.minutes}
    if given.pictures is not None:
        return {"pictures": given.pictures}
    return {"minutes": 5.0} if given.subset is not None else {}


if __name__ == "__main__":
    sys.exit(main())

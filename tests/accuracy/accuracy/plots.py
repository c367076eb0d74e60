"""Two small plots, as SVG without dates so that the same figures give the same file."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "kerege"
import matplotlib.pyplot as plt  # noqa: E402  (after the backend is chosen)
import numpy as np  # noqa: E402


def _save(figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def trackers(rows: list[dict], path: Path) -> None:
    """HOTA by analysed rate of every tracker on simulated traffic, with intervals."""
    rows = [row for row in rows if row["source"] == "simulated"]
    figure, axes = plt.subplots(figsize=(6.4, 3.6))
    for name in dict.fromkeys(n for row in rows for n in row["means"]):
        mine = [row for row in rows if name in row["means"]]
        means = np.array([row["means"][name] for row in mine])
        half = np.where(np.isfinite(means[:, 1]), means[:, 1], 0.0)
        axes.errorbar([row["fps"] for row in mine], means[:, 0], half, label=name, capsize=3, marker="o", markersize=3)
    axes.set_xlabel("analysed frames per second")
    axes.set_ylabel("HOTA, %")
    axes.legend(fontsize=8)
    _save(figure, path)


def speeds(errors: np.ndarray, path: Path) -> None:
    """Histogram of speed errors."""
    figure, axes = plt.subplots(figsize=(6.4, 2.8))
    axes.hist(np.clip(errors, -8, 8), bins=64)
    axes.set_xlabel("ours less SUMO's, km/h (beyond ±8 at the ends)")
    axes.set_ylabel("passages")
    _save(figure, path)

"""Intervals: of means over seeds, and of rates of rare things."""

from __future__ import annotations

import numpy as np
from scipy import stats


def mean(values) -> tuple[float, float]:
    """Mean and half-width of its 95 % interval (Student's t); the half-width of one value is infinite."""
    v = np.asarray(values, float)
    if len(v) < 2:
        return float(v.mean()), float("inf")
    return float(v.mean()), float(stats.t.ppf(0.975, len(v) - 1) * v.std(ddof=1) / np.sqrt(len(v)))


def share(hits: int, of: int) -> tuple[float, float]:
    """95 % interval of a share (Clopper and Pearson), 0..1."""
    if of == 0:
        return 0.0, 1.0
    low = stats.beta.ppf(0.025, hits, of - hits + 1) if hits else 0.0
    high = stats.beta.ppf(0.975, hits + 1, of - hits) if hits < of else 1.0
    return float(low), float(high)


def rate_bound(events: int, exposure: float) -> float:
    """Upper 95 % bound (one-sided, exact Poisson) of a rate after `events` in `exposure`."""
    return float(stats.chi2.ppf(0.95, 2 * events + 2) / 2.0 / exposure) if exposure > 0 else float("inf")

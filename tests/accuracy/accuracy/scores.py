"""HOTA, IDF1 and MOTA of tracks against truth, by the `trackeval` package."""

from __future__ import annotations

import numpy as np
from trackeval.metrics import CLEAR, HOTA, Identity

from .recording import Sequence, Tracked

NAMES = ("HOTA", "DetA", "AssA", "IDF1", "MOTA", "IDSW")


def overlaps(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """IoU of every box of a (n,4) with every one of b (m,4)."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    both = np.prod(np.clip(high - low, 0.0, None), axis=2)
    area = lambda v: np.prod(np.clip(v[:, 2:] - v[:, :2], 0.0, None), axis=1)  # noqa: E731
    return both / np.maximum(area(a)[:, None] + area(b)[None, :] - both, 1e-9)


def data(sequence: Sequence, tracked: Tracked) -> dict:
    """A sequence in the form that trackeval's metrics take."""
    truth, frames = sequence.truth, len(sequence.t)
    users, user = np.unique(truth.user, return_inverse=True)
    tracks, track = np.unique(tracked.track, return_inverse=True)
    whole = np.clip(truth.box, 0.0, (*sequence.size, *sequence.size))
    gt, tr = np.searchsorted(truth.frame, np.arange(frames + 1)), np.searchsorted(tracked.frame, np.arange(frames + 1))
    parts = [(slice(gt[k], gt[k + 1]), slice(tr[k], tr[k + 1])) for k in range(frames)]
    return {
        "num_timesteps": frames, "num_gt_ids": len(users), "num_tracker_ids": len(tracks),
        "num_gt_dets": len(truth), "num_tracker_dets": len(tracked.frame),
        "gt_ids": [user[a] for a, _ in parts], "tracker_ids": [track[b] for _, b in parts],
        "similarity_scores": [overlaps(whole[a], tracked.box[b]) for a, b in parts],
    }


def drop_ignored(sequence: Sequence, everybody, tracked: Tracked) -> Tracked:
    """Without the boxes that lie on somebody who does not count as truth (nearly hidden, tiny, half out of frame):
    neither a merit nor a fault."""
    frames = np.arange(len(sequence.t) + 1)
    all_, fair = np.searchsorted(everybody.frame, frames), np.searchsorted(sequence.truth.frame, frames)
    mine = np.searchsorted(tracked.frame, frames)
    whole = lambda rows, part: np.clip(rows.box[part], 0.0, (*sequence.size, *sequence.size))  # noqa: E731
    keep = np.ones(len(tracked.frame), bool)
    for k in range(len(sequence.t)):
        part = slice(mine[k], mine[k + 1])
        if mine[k] == mine[k + 1] or all_[k] == all_[k + 1]:
            continue
        boxes = tracked.box[part]
        near = overlaps(boxes, whole(everybody, slice(all_[k], all_[k + 1]))).max(1)
        known = slice(fair[k], fair[k + 1])
        best = overlaps(boxes, whole(sequence.truth, known)).max(1) if fair[k] < fair[k + 1] else np.zeros(len(boxes))
        keep[part] = (best >= 0.3) | (near < 0.3)
    return Tracked(tracked.frame[keep], tracked.track[keep], tracked.box[keep])


def score(sequence: Sequence, tracked: Tracked) -> dict[str, float]:
    """The measures of `NAMES`; in per cent, but the number of identity switches."""
    given = data(sequence, tracked)
    quiet = {"PRINT_CONFIG": False}
    hota = HOTA().eval_sequence(given)
    identity, clear = Identity(quiet).eval_sequence(given), CLEAR(quiet).eval_sequence(given)
    out = {name: 100.0 * float(np.mean(hota[name])) for name in ("HOTA", "DetA", "AssA")}
    return out | {"IDF1": 100.0 * float(identity["IDF1"]), "MOTA": 100.0 * float(clear["MOTA"]), "IDSW": float(clear["IDSW"])}

"""ByteTrack and OC-SORT of the `trackers` package, run as a user would: the analysed rate and capture times given.

Each is run twice: as published, and with our score thresholds, so that nobody wins by a threshold alone.
"""

from __future__ import annotations

import warnings
from typing import Callable

import numpy as np
import supervision as sv
from trackers import ByteTrackTracker, OCSORTTracker

from .recording import Sequence, Tracked

HIGH, BIRTH = 0.4, 0.45
"""Our tracker's `high_score` and `birth_score` (pipelines/src/options.rs)."""

PEERS: dict[str, Callable[[float], object]] = {
    "ByteTrack": lambda fps: ByteTrackTracker(frame_rate=fps),
    "ByteTrack, our thresholds": lambda fps: ByteTrackTracker(
        frame_rate=fps, high_conf_det_threshold=HIGH, track_activation_threshold=BIRTH
    ),
    "OC-SORT": lambda fps: OCSORTTracker(frame_rate=fps),
    "OC-SORT, our thresholds": lambda fps: OCSORTTracker(frame_rate=fps, high_conf_det_threshold=HIGH),
}


def track(name: str, sequence: Sequence) -> Tracked:
    """Runs a peer over a sequence; boxes are the detections that it gave a number."""
    tracker = PEERS[name](sequence.fps)
    found = sequence.found
    starts = np.searchsorted(found.frame, np.arange(len(sequence.t) + 1))
    frames, tracks, boxes = [], [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k, when in enumerate(sequence.t):
            part = slice(starts[k], starts[k + 1])
            given = sv.Detections(
                xyxy=found.box[part].reshape(-1, 4), confidence=found.score[part], class_id=np.zeros(starts[k + 1] - starts[k], int)
            )
            out = tracker.update(given, timestamp=float(when))
            keep = out.tracker_id >= 0 if len(out) else np.zeros(0, bool)
            boxes.append(out.xyxy[keep])
            tracks.append(out.tracker_id[keep])
            frames.append(np.full(int(keep.sum()), k))
    return Tracked(np.concatenate(frames), np.concatenate(tracks).astype(int), np.concatenate(boxes))

"""From frames to H.264, as a camera would send it."""

from __future__ import annotations

import subprocess
from pathlib import Path


def h264(frames: Path, fps: float, out: Path, max_bytes: int = 3_000_000, seconds: float = 60.0) -> None:
    """Encodes `frames/%06d.png`; constant quality, but never above `max_bytes` on average.

    One key frame a second and no B-frames, like a roadside camera. Raises
    `subprocess.CalledProcessError` with ffmpeg's words when it fails.
    """
    rate = int(max_bytes * 8 / seconds * 0.92)
    partial = out.with_suffix(".part.mp4")
    subprocess.run(
        [
            "ffmpeg", "-v", "error", "-y", "-framerate", str(fps), "-i", str(frames / "%06d.png"),
            "-c:v", "libx264", "-preset", "medium", "-crf", "25", "-maxrate", str(rate), "-bufsize", str(rate * 2),
            "-profile:v", "high", "-bf", "0", "-g", str(round(fps)), "-pix_fmt", "yuv420p", "-colorspace", "bt709",
            "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
            "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-map_metadata", "-1", "-fflags", "+bitexact",
            "-movflags", "+faststart", str(partial),
        ],
        check=True, capture_output=True,
    )
    partial.rename(out)

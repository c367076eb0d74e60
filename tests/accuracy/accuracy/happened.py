"""What really happened, read from SUMO's state: true causes of each rule, whoever brought them about.

One function per rule; each tells what surely is one (due) and what is near it (possible), in the words of the rule's
definition. Those that need the camera (which lanes are drawn, how far) take its look.
"""

from __future__ import annotations

from . import jams, meets, stops, turns, ways
from .cause import Cause, Look, sighted

TRUTHS = {
    "stopped_vehicle": stops.stopped,
    "illegal_stop": stops.illegal,
    "wrong_way": ways.wrong_way,
    "pedestrian_on_road": ways.on_road,
    "speeding": ways.speeding,
    "red_light": turns.red_light,
    "stop_line": turns.stop_line,
    "illegal_turn": turns.illegal_turn,
    "lane_violation": turns.lane_violation,
    "congestion": jams.congestion,
    "queue_spillback": jams.spillback,
    "near_miss": meets.near_miss,
    "failure_to_yield": meets.failure_to_yield,
}
"""How the true causes of each rule are read from the state that a camera looks at."""


def causes(look: Look) -> dict[str, list[Cause]]:
    """All true causes that the camera has in its picture, by rule."""
    return {kind: sighted(truth(look), look) for kind, truth in TRUTHS.items()}

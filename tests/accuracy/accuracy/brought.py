"""Which true causes were brought about by a script, and which by SUMO alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from .cause import Cause
from .stage import BRINGS, Crawl
from .state import State

LATER_S = 90.0
"""An exit may be jammed so long after what crawls beyond it has gone."""


@dataclass
class Brought:
    """What the scripts of an hour really brought about."""

    names: dict[str, set[str]] = field(default_factory=dict)
    """By rule, who was made to do what it tells of."""
    crawls: list[Crawl] = field(default_factory=list)

    def add(self, laid: list[tuple[object, str]]) -> None:
        """Takes those who were laid over the traffic."""
        for ghost, name in laid:
            for kind in BRINGS[type(ghost)]:
                self.names.setdefault(kind, set()).add(name)

    def mark(self, causes: dict[str, list[Cause]], state: State) -> None:
        """Marks the causes that were scripted: by who does it first, and for a jam by its exit."""
        by_name = {track.name: number for number, track in enumerate(state.record.tracks)}
        for kind, some in causes.items():
            numbers = {by_name[name] for name in self.names.get(kind, ()) if name in by_name}
            for cause in some:
                cause.scripted = bool(numbers & set(cause.users)) or (kind in BRINGS[Crawl] and self._jams(cause))

    def _jams(self, cause: Cause) -> bool:
        exits = {f"{crawl.arm}-out" for crawl in self.crawls if crawl.at < cause.end and cause.start < crawl.at + crawl.seconds + LATER_S}
        return any(lane.startswith(tuple(exits)) for lane in cause.lanes) if exits else False

"""Labels of a picture, from what people marked and what teachers say.

Teachers who agree make a label; where one of them alone is fairly sure, nobody knows, and the region
is ignored in training and in evaluation. A label is a box (parts of the picture) and a weight for
each class (`classes.weights`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .boxes import covered, overlaps
from .classes import INDEX, group, weights

SAME = 0.5  # overlap of two boxes that are one road user
TEACHERS = ("pvb", "nanodet", "deim")
GROUP = {"car": "vehicle", "bus": "vehicle", "truck": "vehicle", "vehicle": "vehicle", "person": "person"}
COCO_MEANING = {"car": "car_or_van", "bus": "bus_or_van", "truck": "truck_or_van", "vehicle": "vehicle"}
KIND_WORDS = ("car", "bus", "truck", "van")


@dataclass(frozen=True)
class Labels:
    """What is on a picture."""

    boxes: np.ndarray  # [n, 4]
    classes: np.ndarray  # [n, 7] weights 0..1
    by_people: np.ndarray  # [n] whether a person drew the box
    ignored: np.ndarray  # [m, 4]


@dataclass(frozen=True)
class Trust:
    """How sure teachers must be."""

    two: float = 0.75  # sum of the scores where two agree
    three: float = 0.6  # where all three do
    unsure: float = 0.35  # one that says so much alone makes an ignored region


def complete(line: dict, trusted: bool, trust: Trust = Trust()) -> Labels:
    """Labels of one cached picture; where people's vehicle labels are `trusted`, none is added."""
    boxes = [box for _, box in line["people"]]
    classes = [np.array(weights(meaning)) for meaning, _ in line["people"]]
    groups = [group(meaning) for meaning, _ in line["people"]]
    by_people, ignored = [True] * len(boxes), []
    for name in ("vehicle", "cycle", "person"):
        for cluster in clusters(line["answers"], name):
            box, words = middle(cluster), [row[5] for row in cluster.values()]
            match = best_match(box, [b for b, g in zip(boxes, groups, strict=True) if g == name])
            if match is not None:
                index = [i for i, g in enumerate(groups) if g == name][match]
                classes[index] = narrowed(classes[index], taught(words, name))
                continue
            scores = sorted((row[4] for row in cluster.values()), reverse=True)
            agreed = len(scores) >= 2 and sum(scores) >= (trust.two if len(scores) == 2 else trust.three)
            known = trusted and name != "person"
            if agreed and not known and not inside(box, boxes):
                found = taught(words, name)
                if name == "vehicle":
                    found = refined(found, kind_of(line, cluster))
                boxes.append(box)
                classes.append(found)
                groups.append(name)
                by_people.append(False)
            elif scores[0] >= (2 * trust.unsure if known else trust.unsure):
                ignored.append(box)
    for index, kind in enumerate(line["kinds"]["people"]):
        classes[index] = refined(classes[index], kind)
    return Labels(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(classes, np.float32).reshape(-1, len(INDEX)),
        np.array(by_people, bool),
        np.array(ignored, np.float32).reshape(-1, 4),
    )


def clusters(answers: dict, name: str) -> list[dict[str, list]]:
    """What teachers say of one group of classes, by road user: teacher's name to row, the surest first."""
    rows = [(row, teacher) for teacher in TEACHERS for row in answers[teacher] if GROUP.get(row[5], "cycle") == name]
    rows.sort(key=lambda each: -each[0][4])
    found: list[dict[str, list]] = []
    for row, teacher in rows:
        near = best_match(row[:4], [next(iter(cluster.values()))[:4] for cluster in found])
        if near is None:
            found.append({teacher: row})
        else:
            found[near].setdefault(teacher, row)
    return found


def best_match(box: list[float], others: list[list[float]]) -> int | None:
    """Which of the boxes overlaps this one most and enough."""
    if not others:
        return None
    shared = overlaps(np.array([box]), np.array(others))[0]
    best = int(shared.argmax())
    return best if shared[best] >= SAME else None


def inside(box: list[float], others: list[list[float]]) -> bool:
    """Whether a box lies almost wholly in another: a part of what is labelled, or two seen as one."""
    return bool(others) and bool((covered(np.array([box]), np.array(others)) > 0.9).any())


def middle(cluster: dict[str, list]) -> list[float]:
    """The mean of a cluster's boxes, each by its score."""
    rows = np.array([row[:5] for row in cluster.values()])
    return [float(edge) for edge in np.clip(np.average(rows[:, :4], axis=0, weights=rows[:, 4]), 0, 1)]


def taught(words: list[str], name: str) -> np.ndarray:
    """Class weights of what teachers call one road user."""
    if name == "person":
        return np.array(weights("person"))
    named = [word for word in words if word not in ("vehicle", "cycle")]
    if not named:
        return np.array(weights(name))
    of = [np.array(weights(COCO_MEANING.get(word, word))) for word in named]
    return of[0] if len(set(named)) == 1 else np.max(of, axis=0)


def narrowed(known: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Both readings together; the first alone where they contradict each other."""
    both = known * other
    return both / both.max() if both.max() > 0 else known


def kind_of(line: dict, cluster: dict[str, list]) -> list[float] | None:
    """The attributes model's answer about a road user that the Intel detector found."""
    row = cluster.get("pvb")
    place = line["answers"]["pvb"].index(row) if row in line["answers"]["pvb"] else -1
    kinds = line["kinds"]["pvb"]
    return kinds[place] if 0 <= place < len(kinds) else None


def refined(known: np.ndarray, kind: list[float] | None) -> np.ndarray:
    """A label that is open between car and van, with what the attributes model says of it.

    Looked at on street pictures: its "car" is right, its "van" is right about as often as not, and
    its "truck" is mostly a car from behind, so that is not listened to.
    """
    car, van = INDEX["car"], INDEX["van"]
    if kind is None or max(kind) < 0.9 or known[car] == 0 or known[van] == 0:
        return known
    word = KIND_WORDS[int(np.argmax(kind))]
    if word == "car":
        return np.eye(len(INDEX))[car]
    if word == "van":
        return np.where(np.arange(len(INDEX)) == van, 1.0, known)
    return known

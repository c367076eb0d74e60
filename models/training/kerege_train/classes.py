"""The classes that the detector tells, and what the words of other data sets mean in them.

A label does not always name one class: a data set may say "vehicle" only, and a COCO teacher calls a
minibus a car. Such a label is a *meaning*: a weight for each class that it allows. The loss asks that
the weighted probability of the allowed classes be high, so nothing is taught that nobody knew.
"""

CLASSES = ("car", "van", "bus", "truck", "motorcycle", "bicycle", "person")
INDEX = {name: index for index, name in enumerate(CLASSES)}

# Motor vehicles with more than two wheels: one group in suppression and in merged figures.
VEHICLES = ("car", "van", "bus", "truck")

# Weights under one say "possible, but the rarer reading".
MEANINGS: dict[str, dict[str, float]] = {
    **{name: {name: 1.0} for name in CLASSES},
    "vehicle": {"car": 1.0, "van": 0.4, "bus": 0.3, "truck": 0.4},
    "car_or_van": {"car": 1.0, "van": 0.3},
    "van_or_truck": {"van": 1.0, "truck": 0.6},
    "truck_or_pickup": {"truck": 1.0, "car": 0.4, "van": 0.3},
    "truck_or_van": {"truck": 1.0, "van": 0.5},
    "bus_or_so": {"bus": 1.0, "van": 0.5, "car": 0.3},
    "bus_or_van": {"bus": 1.0, "van": 0.5},
    "cycle": {"motorcycle": 1.0, "bicycle": 1.0},
    "three_wheeler": {"car": 0.5, "van": 0.5, "bus": 0.2, "truck": 0.3},
}

# The classes of COCO that matter in a street, by their index of 80.
COCO = {0: "person", 1: "bicycle", 2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}


def weights(meaning: str) -> list[float]:
    """The weight 0..1 of each class under a meaning, in the order of `CLASSES`."""
    allowed = MEANINGS[meaning]
    return [allowed.get(name, 0.0) for name in CLASSES]


def group(meaning: str) -> str:
    """`vehicle`, `cycle` or `person`: what two labels of one road user always share."""
    best = max(MEANINGS[meaning], key=lambda name: MEANINGS[meaning][name])
    if best in VEHICLES:
        return "vehicle"
    return "person" if best == "person" else "cycle"

"""The figures of an evaluation as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable


def text(figures: dict) -> str:
    """Milliseconds, then a table for each held-out part."""
    lines = ["", "Processor time of one answer, one thread, taken in turns:", ""]
    lines += rows(["model", "ms"], ([name, f"{each:.1f}"] for name, each in figures["milliseconds"].items()))
    for title, models in figures["parts"].items():
        lines += ["", f"### {title}: {next(iter(models.values()))['pictures']} pictures", ""]
        lines += part(models)
    return "\n".join(lines) + "\n"


def part(models: dict) -> list[str]:
    """Side by side: vehicles in all, by size, each class."""
    first = next(iter(models.values()))
    names = list(models)
    body = [
        ["vehicle AP50", *(number(models[n]["vehicle"]["ap50"]) for n in names)],
        ["vehicle AP50-95", *(number(models[n]["vehicle"]["ap50_95"]) for n in names)],
        ["vehicle recall at 0.9 precision", *(number(models[n]["vehicle"]["recall_at_90"]) for n in names)],
    ]
    for size, each in first["sizes"].items():
        title = f"{size} vehicles AP50 ({each['labels']})"
        # At another input size none may be left of these.
        there = (models[n]["sizes"].get(size, {"ap50": float("nan")}) for n in names)
        body.append([title, *(number(each["ap50"]) for each in there)])
    for name, each in first["classes"].items():
        title = f"{name} AP50 ({each['labels']})"
        body.append([title, *(number(models[n]["classes"][name]["ap50"]) for n in names)])
    body.append(["mAP50", *(number(models[n]["map50"]) for n in names)])
    body.append(["mAP50-95", *(number(models[n]["map50_95"]) for n in names)])
    return rows([f"({first['vehicle']['labels']} vehicles)", *names], body)


def number(value: float) -> str:
    """Three decimals, or a dash for what cannot be said."""
    return "–" if value != value else f"{value:.3f}"


def rows(head: list[str], body: Iterable[list[str]]) -> list[str]:
    """A Markdown table."""
    line = "| " + " | ".join("---" for _ in head) + " |"
    return ["| " + " | ".join(head) + " |", line, *("| " + " | ".join(each) + " |" for each in body)]

"""Trains Kerege's detector from random initialisation; `python -m kerege_train --help` shows how."""

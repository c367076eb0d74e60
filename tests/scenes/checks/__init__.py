"""Tests of the scenes: `./render test`."""

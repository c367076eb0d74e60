"""Tests of the training program: `./kerege train --test` runs all, `./kerege test` those that need no package."""

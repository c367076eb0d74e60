"""Tests of the accuracy tools."""

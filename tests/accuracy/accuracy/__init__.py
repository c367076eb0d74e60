"""Measures tracking, counting, speeds and rules against exact truth, and writes docs/accuracy.md."""

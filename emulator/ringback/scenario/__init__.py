"""Scenario files: one story each, read, played and reported.

Nothing here is imported before a scenario is read: pydantic and PyYAML cost more than the rest of
the emulator together.
"""

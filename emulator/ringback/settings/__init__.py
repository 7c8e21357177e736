"""The settings of an emulator, and their checks."""

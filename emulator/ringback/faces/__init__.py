"""The emulator as a test holds it, blocking or awaitable: faces choose how to wait."""

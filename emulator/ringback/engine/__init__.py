"""Carries out what the dispatcher decides: waits, sends, records."""

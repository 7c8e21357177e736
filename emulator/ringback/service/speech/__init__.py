"""Real speech in place of tones, by an engine that the extra `speech` installs."""

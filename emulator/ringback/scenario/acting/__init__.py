"""How a story is played: its steps, one after the other, on one service."""

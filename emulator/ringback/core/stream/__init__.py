"""Sessions over WebSockets, as pure machines: frames and moments in, effects out."""

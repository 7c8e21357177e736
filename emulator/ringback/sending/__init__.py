"""How an attempt travels: over loopback sockets, or straight into an app of this process."""

"""The emulated endpoint on a socket."""

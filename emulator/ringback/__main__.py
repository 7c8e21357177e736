"""`python -m ringback` is the command `ringback`."""

from ringback.cli.main import main

main(prog_name="ringback")

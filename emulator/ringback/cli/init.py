"""`ringback init`: a first scenario file, with comments that say what may stand there."""

from pathlib import Path

import click

DEFAULT = "first.ringback.yaml"

FIRST = """\
# A story, which `ringback play {name}` plays, and pytest, when it collects this file.
# `ringback schema` prints what may stand here, for your editor: keys, values and their meaning.
version: 1
name: A receiver that accepts on the third try
why: A delivery ends at the first 2xx; nothing follows it.

# What your application asks of the service: a text, and the parameters of /v1/speak.
submit:
  text: Hello, how can I help you today?
  model: aura-2-thalia-en
  callback: https://app.example/hook
  # callback_method: put

# What the receiver of the callback answers, in order; the last answer repeats. A status, or one of
# timeout, refused, reset; or a mapping with status, headers, body and after.
# Take `receiver` out to play to your own application: ringback play {name} --to http://127.0.0.1:5000
receiver: [503, timeout, 204]

# What happens on the way, one entry for each attempt; null for nothing.
# faults: [null, answer lost, duplicate]

# What must be seen. Whatever is left out is not looked at.
expect:
  # Every attempt, by its moment: a timeout lasts 10 s, and 30 s later comes the next attempt.
  attempts: [+0s, +30s, +70s]
  # What each of them carries. $key_id and $request_id are those of the run.
  each:
    method: POST
    headers: {{dg-token: $key_id, content-type: audio/mpeg}}
  state: delivered
"""


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=DEFAULT)
def init(path: Path) -> None:
    """Write a first scenario file, with comments, at PATH (or in it, if that is a directory).

    What is there already is left as it is.
    """
    from ringback.errors import SettingsError
    from ringback.scenario.finding import SUFFIXES

    if path.is_dir():
        path /= DEFAULT
    if not path.name.endswith(SUFFIXES):
        raise SettingsError(
            f"{path.name!r} would not be found as a scenario: let its name end in {SUFFIXES[0]}"
        )
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(FIRST.format(name=path))
    except FileExistsError:
        raise SettingsError(f"there is a file {str(path)!r} already; name another") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"{str(path)!r} cannot be written: {reason}") from None
    click.echo(f"wrote {path}; play it: ringback play {path}")

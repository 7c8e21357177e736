"""What steps say unless they say otherwise: in a file, and for all files of a folder."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from ringback.scenario.changes import ChangedSettings
from ringback.scenario.model import PARAMETERS
from ringback.scenario.part import MAX_ENTRIES, Part
from ringback.scenario.source import DocumentPath
from ringback.scenario.story.arranging import ReceiverScript
from ringback.scenario.story.asking import Ask
from ringback.scenario.story.moving import spread
from ringback.scenario.story.streaming import Open
from ringback.scenario.story.writing import Place, Tag
from ringback.scenario.values import Checked, wrong

VERSION = 2

FILE = "ringback.defaults.yaml"
"""The file that holds for its folder and those below it."""

VERBS = ("submit", "receiver", "open")
"""The verbs that defaults are for."""


class AnyReceiver(ReceiverScript):
    """What each `receiver` says unless it says otherwise."""

    at: Place | None = None
    """The origin, such as `https://app.example`; or a path of it, for what is at and below it."""


class Defaults(Part):
    """What each step with one of these verbs says, unless it says otherwise."""

    submit: Ask | None = None
    """For each request."""
    receiver: AnyReceiver | None = None
    """For each scripted receiver."""
    open: Open | None = None
    """For each stream."""

    @model_validator(mode="after")
    def _are_for_many(self) -> "Defaults":
        for verb, said in (("submit", self.submit), ("open", self.open)):
            for key in ("as", "at"):
                if said is not None and getattr(said, "label" if key == "as" else key, None):
                    raise wrong(f"`{key}` is for one step, not for all; take it out", verb, key)
        return self


def _two(value: int) -> int:
    if value != VERSION:
        raise wrong(f"version {value}")
    return value


Two = Annotated[int, Checked(_two, {"const": VERSION})]


class FolderDefaults(Part):
    """What holds for the files of version 2 in a folder, and in those below it."""

    dollar_schema: Annotated[
        str | None,
        Field(alias="$schema", description="Where an editor finds the schema of this file."),
    ] = None
    version: Two
    """The version of this format: 2."""
    tags: Annotated[tuple[Tag, ...], Field(strict=False, max_length=MAX_ENTRIES)] = ()
    """Tags that each file has beside its own."""
    settings: ChangedSettings = ChangedSettings()
    """Settings of each file that does not change them itself."""
    defaults: Defaults = Defaults()
    """What steps say unless they, or their files, say otherwise."""


def with_folder(document: Mapping[str, Any], folder: Mapping[str, Any]) -> dict[str, Any]:
    """*document* with what holds for its *folder*; both as they are written."""
    merged = dict(document)
    tags, own = folder.get("tags", []), document.get("tags", [])
    if tags and isinstance(own, list):
        merged["tags"] = [*(each for each in tags if each not in own), *own]
    for key in ("settings", "defaults"):
        given, said = folder.get(key), document.get(key, {})
        if given and isinstance(said, dict):
            merged[key] = {**given, **said}
            if key == "defaults":
                merged[key] |= {
                    verb: {**given[verb], **said[verb]}
                    for verb in given.keys() & said.keys()
                    if isinstance(said[verb], dict)
                }
    return merged


def applied(document: Mapping[str, Any], moved: dict[DocumentPath, DocumentPath]) -> dict[str, Any]:
    """*document* with each step in full; *moved* learns where what was added stands."""
    defaults, steps = document.get("defaults"), document.get("steps")
    if not isinstance(defaults, dict) or not isinstance(steps, list):
        return dict(document)
    filled = [_filled(step, ("steps", index), defaults, moved) for index, step in enumerate(steps)]
    return {**document, "steps": filled}


def _filled(
    step: Any,
    path: DocumentPath,
    defaults: Mapping[str, Any],
    moved: dict[DocumentPath, DocumentPath],
) -> Any:
    written = spread(step)
    if not isinstance(written, dict) or len(written) != 1:
        return step
    ((verb, said),) = written.items()
    given = defaults.get(verb) if verb in VERBS else None
    if not isinstance(given, dict):
        return step
    if isinstance(said, list):
        return {
            verb: [
                _one(each, (*path, verb, index), verb, given, moved)
                for index, each in enumerate(said)
            ]
        }
    return {verb: _one(said, (*path, verb), verb, given, moved)}


def _one(
    said: Any,
    path: DocumentPath,
    verb: str,
    given: Mapping[str, Any],
    moved: dict[DocumentPath, DocumentPath],
) -> Any:
    if not isinstance(said, dict):
        return said
    added = {key: value for key, value in given.items() if key not in said | _replaced(said)}
    for key in added:
        moved[(*path, key)] = ("defaults", verb, key)
    return {**added, **said}


def _replaced(said: Mapping[str, Any]) -> dict[str, None]:
    """Keys in whose place others stand in *said*."""
    replaced: dict[str, None] = {}
    if "body" in said:
        replaced["text"] = None
    if "text" in said:
        replaced["body"] = None
    if "query" in said:
        replaced |= dict.fromkeys((*PARAMETERS, "parameters"))
    if said.keys() & {*PARAMETERS, "parameters"}:
        replaced["query"] = None
    return replaced

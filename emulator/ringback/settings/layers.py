"""Settings and options in layers: flags over variables over the settings file over the defaults."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ringback.core.base.dataclass import dataclass
from ringback.core.base.masking import is_secret, masked
from ringback.errors import SettingsError
from ringback.settings import files, texts
from ringback.settings.names import check_among
from ringback.settings.options import OPTIONS, SECTIONS
from ringback.settings.settings import NAMES, Settings

PATHS = ("ca_file",)
"""Settings that name a file."""


@dataclass(frozen=True, slots=True)
class Source:
    """A *value* that was given: *by* a flag or a variable, or at *keys* of a *file*.

    *is_read* is whether it is a value already, and no text that says one.
    """

    value: Any
    by: str = ""
    file: files.SettingsFile | None = None
    keys: tuple[str, ...] = ()
    is_read: bool = True

    @property
    def where(self) -> str:
        """Where it was given, in words: a flag, a variable, or a file and a line."""
        return self.by if self.file is None else self.file.place(*self.keys)

    @property
    def folder(self) -> Path:
        """From where on a path is read."""
        return Path() if self.file is None else self.file.path.parent


@dataclass(frozen=True, slots=True)
class Configuration:
    """The *settings* and *options* that hold for a *section*, and where they come from.

    *given* are the values that were given, and *sources* where; *defaults* those of the section
    that are not the defaults of `Settings`.
    """

    section: str
    settings: Settings
    options: Mapping[str, Any]
    given: Mapping[str, Any]
    sources: Mapping[str, Source]
    defaults: Mapping[str, Any]


def configuration(
    section: str,
    *,
    flags: Mapping[str, Source],
    environ: Mapping[str, str],
    file: files.SettingsFile | None,
    defaults: Mapping[str, Any],
) -> Configuration:
    """What holds for *section*: *flags* first, the *defaults* of the section last.

    Raises `SettingsError`, which says where the value was given that cannot be.
    """
    sources = (_in_file(section, file) if file else {}) | _in_environment(environ) | dict(flags)
    known = [name for name, option in OPTIONS.items() if section in option.of]
    sources = {name: each for name, each in sources.items() if name in known or name in NAMES}
    base = Settings(**defaults)
    given = {name: _settled(name, each, base) for name, each in sources.items()}
    settings = base.changed(**{name: given[name] for name in given if name in NAMES})
    options = {name: given.get(name, OPTIONS[name].default) for name in known}
    return Configuration(section, settings, options, given, sources, defaults)


def read_settings(folder: Path, section: str = "pytest") -> Settings:
    """The settings that the settings file of *folder*, or the nearest upward, says for *section*.

    That is `ringback.toml`, or `[tool.ringback]` in `pyproject.toml`; without one they are the
    defaults. No variable of the environment is read. Raises `SettingsError`, with file and line.
    """
    file = files.find(folder)
    if file is None:
        return Settings()
    return configuration(section, flags={}, environ={}, file=file, defaults={}).settings


def settings_file(
    chosen: str | None, environ: Mapping[str, str], folder: Path
) -> files.SettingsFile | None:
    """The file that was *chosen*, by a flag or a variable, or the nearest one from *folder* up.

    Raises `SettingsError`.
    """
    chosen = chosen or environ.get(f"{texts.PREFIX}SETTINGS")
    return files.read(Path(chosen)) if chosen else files.find(folder)


def _in_file(section: str, file: files.SettingsFile) -> dict[str, Source]:
    """What *file* says to *section*. A name that nothing has is refused wherever it stands."""
    found: dict[str, Source] = {}
    for name, value in file.table.items():
        _check_name(file, (name,), (*NAMES, *OPTIONS, *SECTIONS))
        if name not in SECTIONS:
            found[name] = Source(value, file=file, keys=(name,))
    for each in SECTIONS:
        table = file.table.get(each, {})
        if not isinstance(table, dict):
            raise SettingsError(f"{file.place(each)}: {each} is a table: [{_header(file, each)}]")
        of = [name for name, option in OPTIONS.items() if each in option.of]
        for name, value in table.items():
            _check_name(file, (each, name), (*NAMES, *of))
            if each == section:
                found[name] = Source(value, file=file, keys=(each, name))
    return found


def _check_name(file: files.SettingsFile, keys: tuple[str, ...], known: tuple[str, ...]) -> None:
    try:
        check_among(keys[-1], "setting", known)
    except SettingsError as error:
        raise SettingsError(f"{file.place(*keys)}: {error}") from None


def _header(file: files.SettingsFile, section: str) -> str:
    return ".".join((*file.keys, section))


def _in_environment(environ: Mapping[str, str]) -> dict[str, Source]:
    return {
        name: Source(text, by=f"{texts.PREFIX}{name.upper()}", is_read=False)
        for name, text in texts.read_variables(environ).items()
    }


def _settled(name: str, source: Source, base: Settings) -> Any:
    """The value of *source*, read and checked. Raises `SettingsError` that names the source."""
    try:
        value = source.value if source.is_read else texts.read_text(name, source.value)
        option = OPTIONS.get(name)
        if isinstance(value, str) and (name in PATHS or (option is not None and option.is_path)):
            value = str(source.folder / Path(value).expanduser())
        if option is None:
            base.changed(**{name: value})
        elif not option.check.holds(value):
            shown = "that" if is_secret(name) else masked(repr(value))
            raise SettingsError(f"{name} is {option.check.wanted}, not {shown}")
    except SettingsError as error:
        raise SettingsError(f"{source.where}: {error}") from None
    return value

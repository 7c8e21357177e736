"""A turn of a Flux session, and what the turns of a session come to."""

from dataclasses import field, replace
from typing import Any

from ringback.core.base.dataclass import dataclass
from ringback.core.request.script import Script


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. It begins at *start* in the audio of its session, in milliseconds.

    *script* is what is heard of its *text*.
    """

    speech_id: str
    speed: float
    start: int
    text: str = ""
    script: Script = field(default_factory=lambda: Script(""))
    duration: int = 0

    @property
    def metadata(self) -> dict[str, Any]:
        """What is reported of the turn. Pauses are for requests, so none was applied."""
        return {
            "speech_id": self.speech_id,
            "audio_duration_ms": self.duration,
            "input_character_count": len(self.text),
            "billable_character_count": len(self.script.spoken),
            "controls_applied": {
                "pronunciations_applied": self.script.pronunciations,
                "breaks_applied": 0,
                "pronunciation_warnings": self.script.doubtful,
            },
        }

    def divided_at(self, offset: int) -> tuple[str, str]:
        """What was heard by *offset*, and what was not, if all characters take the same time.

        That they do is assumed.
        """
        spoken = self.script.spoken
        played = min(max(offset - self.start, 0), self.duration)
        heard = played * len(spoken) // self.duration if self.duration else 0
        return spoken[:heard], spoken[heard:]


@dataclass(frozen=True, slots=True)
class Totals:
    """What a session comes to, with its *audio* in milliseconds.

    *generated*: there was some. The last interrupt *rebased* it, to where it had been played.
    """

    audio: int = 0
    characters: int = 0
    billable: int = 0
    generated: bool = False
    rebased: int = 0

    def with_turn(self, turn: Turn) -> "Totals":
        """These, and *turn*."""
        return replace(
            self,
            audio=self.audio + turn.duration,
            characters=self.characters + len(turn.text),
            billable=self.billable + len(turn.script.spoken),
            generated=self.generated or turn.duration > 0,
        )

    @property
    def metadata(self) -> dict[str, Any]:
        """What is reported of the session."""
        return {
            "total_audio_duration_ms": self.audio,
            "total_input_character_count": self.characters,
            "total_billable_character_count": self.billable,
        }

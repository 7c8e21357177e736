"""Which streams an ordered failure befalls, as `when` sees what they were opened with."""

from collections.abc import Callable

import pytest
from websockets.exceptions import InvalidStatus

from ringback import Emulator
from ringback.core.request.speak import SpeakRequest
from tests.integration.streaming import opened

FLUX = "model=flux-haley-en"


@pytest.mark.rule("ordered-failures")
@pytest.mark.parametrize(
    ("path", "query", "when"),
    [
        ("/v1/speak", "speed=1.25", lambda asked: asked.speed == 1.25),
        ("/v1/speak", "", lambda asked: asked.speed == 1.0 and asked.text == ""),
        ("/v1/speak", "model=aura-zeus-en", lambda asked: asked.voice.name == "aura-zeus-en"),
        ("/v1/speak", "encoding=mulaw", lambda asked: asked.sound.encoding == "mulaw"),
        ("/v1/speak", "mip_opt_out=true", lambda asked: asked.mip_opt_out),
        ("/v2/speak", f"{FLUX}&speed=0.55", lambda asked: asked.speed == 0.55),
        ("/v2/speak", f"{FLUX}&expressivity=-2", lambda asked: asked.expressivity == -2),
        ("/v2/speak", f"{FLUX}&tag=a&tag=b", lambda asked: asked.tags == ("a", "b")),
    ],
)
def test_a_failure_can_be_ordered_for_some_streams_only(
    ringback: Emulator, path: str, query: str, when: Callable[[SpeakRequest], bool]
) -> None:
    ringback.fail_requests(503, when=when)
    other = f"{FLUX}&speed=1.5" if path == "/v2/speak" else "speed=1.5"
    with opened(ringback, other, path):
        pass
    with pytest.raises(InvalidStatus) as refused, opened(ringback, query, path):
        pass
    assert refused.value.response.status_code == 503

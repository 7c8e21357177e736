"""What a receiver has stored, asked over HTTP."""

import http.client
import json
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from ringback.checking.storage import Stored
from ringback.core.base.masking import masked_url
from ringback.core.request.endpoint import split
from ringback.errors import SettingsError


def read_state(url: str, limit: float) -> Stored:
    """Ask *url*, each time, for a JSON list of request ids. Raises `SettingsError` for no URL.

    What it returns raises `SettingsError` for an answer that is no such list.
    """
    if isinstance(endpoint := split(url), str):
        raise SettingsError(f"{masked_url(url)!r} is no URL of a state. {endpoint}")
    # The receiver is as near as the test: no proxy is asked for the way.
    opener = build_opener(ProxyHandler({}))

    def stored() -> list[str]:
        try:
            with opener.open(url, timeout=limit) as answer:
                listed = json.load(answer)
        except (URLError, OSError, http.client.HTTPException) as error:
            raise SettingsError(
                f"{masked_url(url)!r} does not say what is stored: {error}"
            ) from None
        except ValueError:
            raise SettingsError(f"{masked_url(url)!r} does not answer with JSON") from None
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            raise SettingsError(
                f"{masked_url(url)!r} is to answer a JSON list of request ids, one entry each time"
                f' it stored, as in ["019b76da-…"], and not {json.dumps(listed)[:60]}'
            )
        return listed

    return stored

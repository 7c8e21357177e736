"""What may be credentials is not shown."""

import pytest

from ringback.core.base.masking import masked, may_hold_credentials


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mp3", "mp3"),
        ("", ""),
        ("https://ada:s3cret@app.example/hook", "***@app.example/hook"),
        ("ada:s3@cret@", "***@"),
        ("ada:s3cret%40app.example", "***@app.example"),
        ("a\nada@x\ny", "***@x\ny"),
    ],
)
def test_all_before_the_last_at_sign_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert may_hold_credentials(text) == (text != shown)

"""What is doubtful in a pronunciation."""

# ruff: noqa: RUF001 - IPA has letters like those of others

import pytest

from ringback.core.request.ipa import warnings_of

FINE = [
    *[
        "duːˈpɪljuːmæb",
        "æzəˈθaɪəpɹiːn",
        "ɛəɹˈmɛz",
        "ˈwɪn",
        "ˈsiːkwəl",
        "kˈɑpiɹˌaɪt",
        "ˌɪnfɚˈmeɪʃən",
    ],
    *["ˈæp.əl", "t͡ʃɪp", "d͜ʒ", "ɡ", "tʰ", "õ", "ç", "fɹ̩", "ˈmɪstɚ", "sɪ ti"],
]


@pytest.mark.rule("pronunciation-warnings")
@pytest.mark.parametrize("ipa", FINE)
def test_nothing_is_doubtful_in_what_the_page_and_dictionaries_write(ipa: str) -> None:
    assert warnings_of(ipa, any_stress=True) == []


@pytest.mark.rule("pronunciation-warnings")
@pytest.mark.parametrize(
    ("ipa", "codes"),
    [
        ("tə5", ["PRON-001"]),
        ("Tə", ["PRON-001"]),
        ("'tə", ["PRON-001"]),
        ("t\N{GRINNING FACE}ə", ["PRON-001"]),
        ("5ː", ["PRON-001", "PRON-002"]),
        ("5ʰ5ʰ", ["PRON-001", "PRON-002"]),
        ("ːa", ["PRON-003"]),
        ("ʰa", ["PRON-003"]),
        ("ˈ͡a", ["PRON-004"]),
        ("t͡ˈa", ["PRON-005"]),
        ("t͡", ["PRON-006"]),
        ("͡t", ["PRON-007"]),
        ("taˈ", ["PRON-009"]),
        ("ˌ", ["PRON-009"]),
        ("5͡", ["PRON-001", "PRON-006"]),
    ],
)
def test_each_condition_has_its_code(ipa: str, codes: list[str]) -> None:
    assert warnings_of(ipa, any_stress=True) == codes


@pytest.mark.rule("pronunciation-warnings")
@pytest.mark.parametrize(
    ("ipa", "on_aura"), [("ˈtə", ["PRON-008"]), ("tˈə", []), ("tˌɪˈnə", ["PRON-008"])]
)
def test_a_stress_mark_before_a_consonant_is_doubtful_on_aura_alone(
    ipa: str, on_aura: list[str]
) -> None:
    assert warnings_of(ipa, any_stress=False) == on_aura
    assert warnings_of(ipa, any_stress=True) == []

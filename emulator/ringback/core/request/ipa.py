"""What is doubtful in a pronunciation, by the codes of the voice controls page.

The page names the conditions; which characters there are is the chart of the International
Phonetic Association, 2020, with the extras that dictionaries use (assumed).
"""

from unicodedata import combining, normalize

_VOWELS = frozenset("iyɨʉɯuɪʏʊeøɘɵɤoəɛœɜɞʌɔæɐaɶɑɒɚɝᵻᵿ")  # noqa: RUF001 - the chart's letters
_CONSONANTS = frozenset(
    "pbtdʈɖcɟkɡgqɢʔmɱnɳɲŋɴʙrʀⱱɾɽɸβfvθðszʃʒʂʐçʝxɣχʁħʕhɦɬɮ"  # noqa: RUF001 - the chart's letters
    "ʋɹɻjɰlɭʎʟʘǀǃǂǁɓɗʄɠʛʍwɥʜʢʡɕʑɺɧɫʦʣʧʤʨʥ"  # noqa: RUF001 - the chart's letters
)
_BASES = _VOWELS | _CONSONANTS
_MODIFIERS = frozenset("ːˑʰʲʷˠˤⁿˡʼ˞˔˕˖˗˥˦˧˨˩")  # noqa: RUF001 - the chart's signs
_TIES = frozenset("\u0361\u035c")
_STRESS = frozenset("ˈˌ")
_BREAKS = frozenset(".‿|‖- ")


def warnings_of(ipa: str, *, any_stress: bool) -> list[str]:
    """The codes of what is doubtful in *ipa*, each once, in the order in which it is met.

    *any_stress*: a stress mark may stand before a consonant, as Flux takes it.
    """
    characters = normalize("NFD", normalize("NFC", ipa).replace("ç", "c"))
    codes: dict[str, None] = {}
    for at, character in enumerate(characters):
        before = characters[at - 1] if at else ""
        after = characters[at + 1] if at + 1 < len(characters) else ""
        code = _warning(character, before, after, any_stress=any_stress)
        if code:
            codes[code] = None
    return list(codes)


def _warning(character: str, before: str, after: str, *, any_stress: bool) -> str:
    if character in _TIES:
        return _of_a_tie(before, after)
    if _modifies(character):
        if not before:
            return "PRON-003"
        return "" if _is_known(before) else "PRON-002"
    if character in _STRESS:
        if not after:
            return "PRON-009"
        return "" if any_stress or after in _VOWELS else "PRON-008"
    return "" if _is_known(character) else "PRON-001"


def _of_a_tie(before: str, after: str) -> str:
    if not before:
        return "PRON-007"
    if not after:
        return "PRON-006"
    if before not in _BASES:
        return "PRON-004"
    return "" if after in _BASES else "PRON-005"


def _modifies(character: str) -> bool:
    return character in _MODIFIERS or (combining(character) > 0 and character not in _TIES)


def _is_known(character: str) -> bool:
    return (
        character in _BASES
        or character in _BREAKS
        or character in _STRESS
        or character in _TIES
        or _modifies(character)
    )

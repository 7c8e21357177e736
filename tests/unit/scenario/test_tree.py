"""YAML in its strictest form, every value with its place, every oddity with a message."""

import pytest
import yaml

from ringback.scenario import tree
from ringback.scenario.source import Place, Source
from ringback.scenario.tree import MAX_DEPTH, MAX_VALUES, parse


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every promise holds with the loader of C and with that of Python."""
    if not hasattr(yaml, request.param):
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(tree, "_LOADER", getattr(yaml, request.param))


def problems(text: str) -> list[str]:
    """What is wrong with *text*: `line:column+width message`, in order."""
    found = sorted(parse(Source.of(text)).problems, key=lambda each: each.place or Place(0, 0))
    return [
        f"{each.place.line}:{each.place.column}+{each.place.width} {each.message}"
        for each in found
        if each.place
    ]


def test_values_and_keys_know_their_places() -> None:
    read = parse(Source.of("a:\n  - x\n  - {b: 503}\n"))
    assert read.value == {"a": ["x", {"b": 503}]}
    assert read.keys[("a",)] == Place(1, 1, 1)
    assert read.places[("a", 1, "b")] == Place(3, 9, 3)
    assert read.keys[("a", 1, "b")] == Place(3, 6, 1)


def test_an_unknown_path_has_the_place_of_what_is_around_it() -> None:
    read = parse(Source.of("a: {b: 1}"))
    assert read.place(("a", "c", 3)) == read.places[("a",)]


def test_quotes_make_a_text_of_anything() -> None:
    assert parse(Source.of("a: '503'\nb: \"null\"\nc: |\n  true\n")).value == {
        "a": "503",
        "b": "null",
        "c": "true\n",
    }


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n", "---\n", "---\n...\n"])
def test_an_empty_document_has_no_value(text: str) -> None:
    assert parse(Source.of(text)).value is None
    assert problems(text) == []


def test_a_duplicate_key_is_refused_whatever_its_quotes() -> None:
    assert problems("a: 1\nb: 2\n'a': 3\n") == ["3:1+3 duplicate key 'a', first given in line 1"]


def test_duplicates_are_found_in_every_mapping() -> None:
    assert problems("a: {b: 1, b: 2}\nc: [{d: 1, d: 2}]\n") == [
        "1:11+1 duplicate key 'b', first given in line 1",
        "2:12+1 duplicate key 'd', first given in line 2",
    ]


def test_an_alias_is_refused_whether_its_anchor_exists_or_not() -> None:
    said = "is an alias, and scenarios have none; write the value out, or put it in quotes"
    assert problems("text: *hello") == [f"1:7+6 '*hello' {said}"]
    assert problems("a: &x 1\nb: *x") == [
        "1:4+4 anchors are not supported; take '&x' out, or put the text in quotes",
        f"2:4+2 '*x' {said}",
    ]


def test_an_alias_bomb_does_not_go_off() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert len(problems("\n".join(rows))) == 30 + 29 * 9


@pytest.mark.parametrize("tag", ["!!str", "!!python/object:os.system", "!mine", "!"])
def test_a_tag_is_refused(tag: str) -> None:
    width = len(tag) + 2
    assert problems(f"a: {tag} x") == [
        f"1:4+{width} tags are not supported; take '{tag}' out, or put the text in quotes"
    ]


def test_a_merge_key_is_refused() -> None:
    assert problems("<<: {a: 1}\n") == ["1:1+2 merge keys are not supported; write the keys out"]


@pytest.mark.parametrize("key", ["1", "~", "true", "012"])
def test_a_key_that_is_no_word_is_refused(key: str) -> None:
    assert problems(f"{key}: x") == [f"1:1+{len(key)} a key must be a word; put '{key}' in quotes"]
    assert problems(f"'{key}': x") == []


@pytest.mark.parametrize("key", ["[a]", "{a: 1}", "*a"])
def test_a_key_that_is_no_scalar_is_refused(key: str) -> None:
    (problem,) = problems(f"? {key}\n: x")
    assert problem.endswith("a key must be a word, not a list, a mapping or an alias")


def test_a_scalar_that_readers_disagree_about_is_refused_where_it_stands() -> None:
    (problem,) = problems("a: 1\nb: 012")
    assert problem.startswith("2:4+3 012 begins with a zero")


def test_nesting_is_limited() -> None:
    assert problems("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert problems("[" * 900) == [f"1:{MAX_DEPTH + 1}+1 nested more than 64 levels deep"]
    (problem,) = problems("[" * 10_000)  # PyYAML 6.0.4 gives up at 1000 itself
    assert "nest" in problem


def test_the_number_of_values_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_VALUES == 20_000
    monkeypatch.setattr(tree, "MAX_VALUES", 500)
    assert problems("- 1\n" * 499) == []
    (problem,) = problems("- 1\n" * 500)
    assert problem == "500:3+1 more than 500 values; a scenario tells one short story"


def test_a_second_document_is_refused() -> None:
    assert problems("a: 1\n---\nb: 2\n") == [
        "2:1+3 a second document begins here; a file tells one story"
    ]


def test_every_tab_in_an_indentation_is_shown() -> None:
    said = "a tab in the indentation, where YAML allows only spaces; replace it"
    assert problems("a:\n\tb: 1\n  \tc: 2\n") == [f"2:1+1 {said}", f"3:3+1 {said}"]


def test_tabs_inside_a_value_are_nobodys_fault() -> None:
    assert problems("a: 'x\ty'\nc: |\n  x\n  \ty\n") == []


def test_a_harmless_tab_is_not_blamed_for_another_fault() -> None:
    assert problems("a: |\n  x\n  \ty\nb: @x\n") == [
        "4:4+1 a value cannot begin with '@'; put it in quotes"
    ]


def test_control_characters_are_shown_line_by_line() -> None:
    assert problems("a: \x07\nb: x\x1b[0m\n") == [
        "1:4+1 the control character U+0007 cannot stand in a scenario; take it out",
        "2:5+1 the control character U+001B cannot stand in a scenario; take it out",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1, 2\nb: 3\n", "1:4+1 the list that begins here lacks a comma or its ']'"),
        ("a: {x: 1\n", "1:4+1 the mapping that begins here lacks a comma or its '}'"),
        ('a: "x\nb: 1\n', "1:4+1 the quotes that open here are not closed"),
        ("a: 1\nfoo\nb: 1\n", "2:1+1 this is neither a key nor a value; write `key: value`"),
        (
            "a: Hello: you\n",
            "1:9+1 this ': ' begins no value; put a value that contains ': ' in quotes, or mend the"
            " indentation",
        ),
        ("x: @foo\n", "1:4+1 a value cannot begin with '@'; put it in quotes"),
        ("x: `foo`\n", "1:4+1 a value cannot begin with '`'; put it in quotes"),
        (
            'x: "C:\\path"\n',
            r"1:7+2 \p is no escape in double quotes; write \\p, or take single quotes",
        ),
        ("x: [a] story\n", "1:8+1 the value has ended before this; put the whole of it in quotes"),
        ("x: 'it's'\n", "1:8+1 the value has ended before this; put the whole of it in quotes"),
        (
            "x: - a\n",
            "1:4+1 a value cannot begin with '- ' here; put it in quotes, or begin a list in the"
            " next line",
        ),
        ("x: ? a\n", "1:4+1 a value cannot begin with '? '; put it in quotes"),
        (
            "x: > a\n",
            "1:6+1 a text behind > or | begins in the next line; or put it in quotes",
        ),
        (
            "a:\n  b: 1\n c: 2\n",
            "3:2+1 this line does not fit the mapping around it; mend its indentation",
        ),
        (
            "a:\n  - 1\n  b: 2\n",
            "3:3+1 this line does not fit the list around it; begin it with '- '",
        ),
    ],
)
def test_what_is_no_yaml_is_explained(text: str, said: str) -> None:
    assert problems(text) == [said]


@pytest.mark.parametrize("escape", [r"\xzz", r"\ud83d", r"\U00110000"])
def test_an_escape_that_is_no_character_is_refused(escape: str) -> None:
    (problem,) = problems(f'a: "b{escape}"\n')
    assert "the character itself" in problem or "half a character" in problem


def test_a_value_that_is_but_a_comment_is_known_for_one() -> None:
    read = parse(Source.of("a: # b\nc:\nd: [1, x]\ne: 'f' # g\nh:\n  - # i\n"))
    assert read.remarks == {("a",), ("h", 0)}
    assert read.flows == {("d",)}


def test_anything_else_that_is_no_yaml_keeps_the_parsers_words() -> None:
    (problem,) = problems("a: ]\n")
    assert problem.startswith("1:4+1 this is not YAML: ")


def test_a_second_import_of_yaml_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    """As under pytester: libyaml goes on making the events of the first import."""
    monkeypatch.setattr(yaml, "StreamStartEvent", type("StreamStartEvent", (), {}))
    assert tree._loader() is yaml.SafeLoader

"""The rules as a page of Markdown."""

from collections.abc import Iterable

from ringback.core.rules.rule import Rule, Topic

_HEAD = """# The rules of the service

What Ringback does as the service does, how sure we are of it, and the setting that changes it.
*Documented*: an official page says so. *Observed*: seen in real traffic or in a real client.
*Assumed*: our reading of a silence. This page is made from the data that the code runs on, by
`ringback rules --format markdown`.
"""


def page(topics: Iterable[Topic]) -> str:
    """The whole page, which ends with a line feed."""
    return "\n".join([_HEAD, *(_section(topic) for topic in topics)])


def _section(topic: Topic) -> str:
    rows = "".join(map(_row, topic.rules))
    return (
        f"## {topic.title}\n\n{topic.about}\n\n"
        f"| rule | what it says | standing | source | setting |\n|---|---|---|---|---|\n{rows}"
    )


def _row(rule: Rule) -> str:
    setting = f"`{rule.setting}`" if rule.setting else "none"
    cells = (rule.name, rule.statement, rule.standing, rule.source, setting)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |\n"

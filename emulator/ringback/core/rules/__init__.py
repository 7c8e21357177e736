"""Every rule of the service as data: what it says, how sure we are, and what changes it."""

from ringback.core.rules.answers import ANSWERS
from ringback.core.rules.callbacks import CALLBACKS
from ringback.core.rules.deliveries import DELIVERIES
from ringback.core.rules.requests import REQUESTS
from ringback.core.rules.rule import Rule as Rule
from ringback.core.rules.rule import Standing as Standing
from ringback.core.rules.streams import STREAMS

TOPICS = (DELIVERIES, CALLBACKS, REQUESTS, ANSWERS, STREAMS)
"""All rules, in the order in which a reader meets them."""

RULES: tuple[Rule, ...] = tuple(rule for topic in TOPICS for rule in topic.rules)
"""All rules, one after the other."""

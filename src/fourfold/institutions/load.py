"""Reading profiles from a document, and the two that are shipped."""

from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import TypeVar

from fourfold.canon import Faults, Located, read_document
from fourfold.institutions.profile import Fact, Function, Nuance, Profile, Said, Statement

Topic = TypeVar("Topic", Function, Fact)
STATEMENT_KEYS = ("nuance", "focus", "source")
WORDS = ("yes", "no")


def load_profiles(text: str | bytes, *, file: str) -> tuple[Profile, ...]:
    """The profiles of a document `{institutions: {ID: {name, jurisdiction, functions, facts}}}`.

    Raises:
        InputError: with all faults at once.
    """
    faults = Faults(file)
    top = faults.mapping(read_document(text, file=file, faults=faults), required=("institutions",))
    profiles = read_profiles(faults, top.get("institutions"))
    faults.raise_any()
    return profiles


def read_profiles(faults: Faults, at: Located | None) -> tuple[Profile, ...]:
    """Profiles from a located mapping; what is wrong goes into `faults`."""
    return tuple(read_profile(faults, id_, profile) for id_, profile in faults.members(at).items())


def read_profile(faults: Faults, id_: str, at: Located) -> Profile:
    """One profile; only the name must be there, since what is not said is unknown."""
    keys = faults.mapping(at, required=("name",), optional=("jurisdiction", "functions", "facts"))
    if not id_.strip():
        faults.add(at, "An institution needs a short name.", "Write it as the key.")
    return Profile(
        id=id_,
        name=faults.text(keys.get("name")),
        jurisdiction=faults.text(keys.get("jurisdiction")),
        statements=(
            *_statements(faults, keys.get("functions"), Function),
            *_statements(faults, keys.get("facts"), Fact),
        ),
    )


@cache
def shipped_profiles() -> tuple[Profile, ...]:
    """The two institutions of the brief, as the brief describes them in March 2025."""
    data = files("fourfold.institutions") / "data" / "institutions.yaml"
    return load_profiles(data.read_bytes(), file="institutions.yaml")


def _statements(faults: Faults, at: Located | None, topics: type[Topic]) -> list[Statement]:
    named = faults.mapping(at, optional=[topic.value for topic in topics])
    return [_statement(faults, topics(name), member) for name, member in named.items()]


def _statement(faults: Faults, topic: Function | Fact, at: Located) -> Statement:
    """`yes`, `no`, or a mapping with `said` and what qualifies it."""
    if not isinstance(at.value, dict):
        return Statement(topic, _word(faults, at, {word: Said(word) for word in WORDS}, Said.UNKNOWN))
    keys = faults.mapping(at, required=("said",), optional=STATEMENT_KEYS)
    return Statement(
        topic,
        _word(faults, keys.get("said"), {word: Said(word) for word in WORDS}, Said.UNKNOWN),
        _word(faults, keys.get("nuance"), {nuance.value: nuance for nuance in Nuance}, None),
        faults.text(keys.get("focus")),
        faults.text(keys.get("source")),
    )


Word = TypeVar("Word", bound=Enum | None)


def _word(faults: Faults, at: Located | None, words: Mapping[str, Word], otherwise: Word) -> Word:
    chosen = faults.choice(at, words, "word of this scale")
    return words.get(chosen, otherwise)

"""What one institution has of another's: counts and roots that both sign, so that no gap stays silent.

The set is that of the newest version of each object that the owner handed out to this one recipient, each
known by the digest of its signed bytes, which fixes id, version and content. A part of the set is named by
the first hexadecimal digits of the digests in it. Where two parts differ, their sixteen parts are compared,
and so on, until what remains is short enough to be listed: a gap among a million is found in five questions.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from fourfold.canon import canonical_bytes
from fourfold.errors import ExchangeError, SignatureError
from fourfold.exchange.limits import MAX_PARTS, MAX_QUESTIONS, MOST_MISSING, PART_ITEMS
from fourfold.records.bounded import WITHOUT_NUL, Id
from fourfold.records.instants import Instant
from fourfold.records.signing import Purpose, Signature, Signer, verify
from fourfold.release.object import LAST_VERSION

FROZEN = ConfigDict(frozen=True, extra="forbid")
DIGITS = "0123456789abcdef"
MOST_COUNTED = 1 << 53
"""No set is larger: what JSON counts exactly (RFC 7493), and every store."""
_HEAD = b"fourfold/v1/holdings\x00"
_SCHEME = "sha256:"


class Item(BaseModel):
    """One object in its newest version: its STIX id, the version, the digest of its signed bytes."""

    model_config = FROZEN

    id: str = Field(max_length=120, pattern=WITHOUT_NUL)
    version: int = Field(ge=1, le=LAST_VERSION)
    digest: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")

    @property
    def hex(self) -> str:
        """The digest's digits."""
        return self.digest.removeprefix(_SCHEME)


class Sum(BaseModel):
    """How many digests there are, and a SHA-256 over all of them in their order."""

    model_config = FROZEN

    count: int = Field(ge=0, le=MOST_COUNTED)
    root: str = Field(pattern=r"^[0-9a-f]{64}$")


class Part(BaseModel):
    """One part of a set: its sum; then its items if they are few, else the sums of its sixteen parts."""

    model_config = FROZEN

    prefix: str = Field(pattern=r"^[0-9a-f]{0,63}$")
    sum: Sum
    parts: tuple[Sum, ...] = Field(default=(), max_length=len(DIGITS))
    items: tuple[Item, ...] = Field(default=(), max_length=PART_ITEMS)

    @property
    def listed(self) -> bool:
        """Whether its items stand here."""
        return self.sum.count <= PART_ITEMS


class Holdings(BaseModel):
    """What one side says of what the owner has handed out to the recipient.

    The owner answers with the parts that it was asked for. The recipient states the sum of all that it
    holds, and the items that the owner did not list (`more`: how many there are besides those shown).
    """

    model_config = FROZEN

    owner: Id
    recipient: Id
    said_by: Id
    at: Instant
    parts: tuple[Part, ...] = Field(default=(), max_length=MAX_PARTS)
    all: Sum | None = None
    unknown: tuple[Item, ...] = Field(default=(), max_length=PART_ITEMS)
    more: int = Field(default=0, ge=0, le=MOST_COUNTED)

    def signed_bytes(self) -> bytes:
        """The bytes that the node key signs."""
        return canonical_bytes(self.model_dump(mode="json"))


class SignedHoldings(BaseModel):
    """A statement about holdings with its node key's signature."""

    model_config = FROZEN

    holdings: Holdings
    signature: Signature

    def check(self, owner: str, recipient: str, said_by: str, keys: Iterable[str]) -> Holdings:
        """The statement, if it is about these two, by this one of them, signed by an acting node key of it.

        Raises:
            SignatureError: it is not.
        """
        given = self.holdings
        if self.signature.key not in set(keys):
            raise SignatureError("The statement about holdings is signed by no acting node key of its maker.")
        verify(self.signature, Purpose.HOLDINGS, given.signed_bytes(), self.signature.key)
        if (given.owner, given.recipient, given.said_by) != (owner, recipient, said_by):
            raise SignatureError("The statement about holdings is about or by another institution.")
        return given

    def wire(self) -> bytes:
        """The statement as it travels."""
        return canonical_bytes(self.model_dump(mode="json"))


@dataclass
class Difference:
    """What one set lacks and what it has besides, compared with another; `whole` unless questions ran out."""

    missing: list[Item] = field(default_factory=list)
    extra: list[Item] = field(default_factory=list)
    whole: bool = True


Select = Callable[[str], Iterable[Item]]
"""The items of one's own set whose digest begins with a prefix, in the order of their digests."""

Ask = Callable[[Sequence[str]], Sequence[Part]]
"""The other side's parts of these prefixes."""


def sign_holdings(given: Holdings, signer: Signer) -> SignedHoldings:
    """The statement, signed by its maker's node key."""
    return SignedHoldings(holdings=given, signature=signer.sign(Purpose.HOLDINGS, given.signed_bytes()))


def total(items: Iterable[Item]) -> Sum:
    """The sum of a set; its items come in the order of their digests."""
    return describe("", items).sum


def describe(prefix: str, items: Iterable[Item]) -> Part:
    """One part of a set, in one pass, in memory that does not grow with it."""
    whole, parts = _Summing(), [_Summing() for _ in DIGITS]
    few: list[Item] = []
    for item in items:
        whole.add(item)
        parts[int(item.hex[len(prefix)], 16)].add(item)
        if len(few) <= PART_ITEMS:
            few.append(item)
    if whole.count <= PART_ITEMS:
        return Part(prefix=prefix, sum=whole.sum(), items=tuple(few))
    return Part(prefix=prefix, sum=whole.sum(), parts=tuple(each.sum() for each in parts))


def compare(own: Select, ask: Ask) -> Difference:
    """What one's own set lacks, and what it has besides, compared with the other side's.

    Raises:
        ExchangeError: the other side answers something else than what it was asked.
    """
    found, waiting, asked = Difference(), [""], 0
    while waiting:
        batch, waiting = waiting[:MAX_PARTS], waiting[MAX_PARTS:]
        asked += 1
        if asked > MAX_QUESTIONS or len(found.missing) >= MOST_MISSING:
            found.whole = False
            break
        answers = ask(batch)
        if [part.prefix for part in answers] != batch:
            raise ExchangeError("The other node was asked for some parts of its holdings and gave others.")
        for part in answers:
            waiting += _compared(part, own, found)
    return found


def _compared(part: Part, own: Select, found: Difference) -> list[str]:
    """Note how a part differs, if it is listed; else the prefixes of its parts that differ."""
    mine = describe(part.prefix, own(part.prefix))
    if mine.sum == part.sum:
        return []
    if not part.listed:
        sums = mine.parts or describe_parts(part.prefix, mine.items)
        return [
            part.prefix + digit
            for digit, here, there in zip(DIGITS, sums, part.parts, strict=False)
            if here != there
        ]
    theirs = {item.digest for item in part.items}
    held = list(own(part.prefix))
    known = {item.digest for item in held}
    found.missing += [item for item in part.items if item.digest not in known]
    found.extra += [item for item in held if item.digest not in theirs]
    return []


def describe_parts(prefix: str, items: Iterable[Item]) -> tuple[Sum, ...]:
    """The sums of the sixteen parts of a part."""
    parts = [_Summing() for _ in DIGITS]
    for item in items:
        parts[int(item.hex[len(prefix)], 16)].add(item)
    return tuple(each.sum() for each in parts)


class _Summing:
    """A sum that grows item by item."""

    def __init__(self) -> None:
        self.count = 0
        self._hash = hashlib.sha256(_HEAD)

    def add(self, item: Item) -> None:
        self.count += 1
        self._hash.update(bytes.fromhex(item.hex))

    def sum(self) -> Sum:
        return Sum(count=self.count, root=self._hash.hexdigest())


def in_prefix(items: Iterable[Item], prefix: str) -> Iterator[Item]:
    """The items of a small set under a prefix, in order: a `Select` for whoever has them all at hand."""
    return iter(sorted((item for item in items if item.hex.startswith(prefix)), key=lambda item: item.digest))

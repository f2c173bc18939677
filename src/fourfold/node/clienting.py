"""Third-party TAXII clients: the terms on which they read, and finding one.

The terms are an agreement like any other, so that the release table decides on a client as on everybody.
They mirror what is agreed with counterparts: a slice that is open there is open for a client too, but only
for TLP:CLEAR without caveats, if nobody decided otherwise; what is kept apart there is kept apart here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from fourfold.agreements import AgreementText, Direction, Party, PartyFacts, SliceTerms
from fourfold.canon import new_id, remedy_for
from fourfold.errors import Fault, InputError
from fourfold.framework import Level, shipped
from fourfold.node import models
from fourfold.node.drafting import DEFAULT_FIELDS
from fourfold.node.standing import last_countersigned, standings
from fourfold.records.identity import institution_id
from fourfold.records.markings import Caveat, Tlp
from fourfold.records.signing import Signer


@dataclass(frozen=True, slots=True)
class Scope:
    """How much a client may read: the highest label, the caveats that do not stand against it."""

    ceiling: Tlp = Tlp.CLEAR
    caveats: frozenset[Caveat] = frozenset()

    @property
    def is_wide(self) -> bool:
        """Whether it is more than every client gets."""
        return self.ceiling is not Tlp.CLEAR or bool(self.caveats)


DEFAULT_SCOPE = Scope()


def terms(name: str, client: Signer, scope: Scope, now: datetime, expires: datetime) -> AgreementText:
    """The text on which a client reads, from now until it expires."""
    own = models.Node.objects.get()
    texts = _binding(now)
    return AgreementText(
        id=new_id("agreement"),
        number=1,
        predecessor=None,
        title=f"Terms of access for the client {name}",
        parties=(_own_party(own), _client_party(name, client)),
        slices=tuple(_slices(texts, own.institution, scope)),
        framework=texts[0].framework if texts else shipped().digest,
        valid_from=now,
        review_by=now + (expires - now) / 2,
        expires=expires,
    )


def find_client(name: str) -> models.Client:
    """The client that a person named, by name or id.

    Raises:
        InputError: there is none.
    """
    rows = list(models.Client.objects.select_related("peer").order_by("peer__name"))
    for row in rows:
        if name in {row.peer.name, row.peer_id}:
            return row
    remedy = remedy_for(name, [row.peer.name for row in rows])
    raise InputError([Fault(f"No client is called {name!r}.", remedy=remedy)])


def _own_party(own: models.Node) -> Party:
    facts = PartyFacts(regulator=own.regulator, defence_tie=own.defence_tie)
    return Party(id=own.institution, name=own.name, institution_key=own.institution_key, facts=facts)


def _client_party(name: str, client: Signer) -> Party:
    """Nobody knows what a tool's users do with what they read, so that the cautious facts hold."""
    facts = PartyFacts(regulator=True, defence_tie=True)
    return Party(id=institution_id(client.key), name=name, institution_key=client.key, facts=facts)


def _binding(now: datetime) -> list[AgreementText]:
    """What binds with counterparts, founding agreements and other clients' terms aside."""
    last = last_countersigned()
    at = now if last is None else max(now, last)
    clients = set(models.Client.objects.values_list("terms_id", flat=True))
    bound = (each for each in standings() if each.state(at).binds and each.digest not in clients)
    return [each.text for each in bound if not each.text.founding]


def _slices(texts: Iterable[AgreementText], own: str, scope: Scope) -> Iterator[SliceTerms]:
    """Of slices with one id, the most separate; where nothing is agreed, one for each activity."""
    found: dict[str, SliceTerms] = {}
    for given in (part for text in texts for part in text.slices):
        mirrored = _mirror(given, own, scope)
        if given.id not in found or mirrored.level < found[given.id].level:
            found[given.id] = mirrored
    if found:
        yield from found.values()
        return
    for activity, fields in DEFAULT_FIELDS.items():
        yield _open(f"public-{activity.replace('_', '-')}", activity, "Public", fields, scope)


def _mirror(given: SliceTerms, own: str, scope: Scope) -> SliceTerms:
    direction = given.direction(own)
    if given.level is Level.SEPARATION or direction is None or not direction.fields:
        return SliceTerms(
            id=given.id,
            activity=given.activity,
            name=given.name,
            level=Level.SEPARATION,
            kinds=given.kinds,
            ceiling=Tlp.RED,
        )
    return _open(given.id, given.activity, given.name, direction.fields, scope)


def _open(
    id_: str, activity: str, name: str, fields: Mapping[str, tuple[str, ...]], scope: Scope
) -> SliceTerms:
    return SliceTerms(
        id=id_,
        activity=activity,
        name=name,
        level=Level.COMMUNICATION,
        kinds=frozenset(fields),
        ceiling=scope.ceiling,
        forbidden_caveats=frozenset(Caveat) - scope.caveats,
        directions=(Direction(sender=settings.NODE.id, fields=dict(fields)),),
    )

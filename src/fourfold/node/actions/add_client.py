"""Adding a third-party client: its terms are signed, and its token is shown once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from fourfold.agreements import countersign, sign
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node import agreeing, clock, models, trail
from fourfold.node.clienting import DEFAULT_SCOPE, Scope, terms
from fourfold.node.keys import institution_signer
from fourfold.node.naming import name_faults, refuse_taken, same_person
from fourfold.node.tokens import LONGEST_DAYS, new_token, token_digest, token_signer
from fourfold.records.identity import delegate, institution_id
from fourfold.records.signing import Signer


@dataclass(frozen=True, slots=True)
class NewClient:
    """What a person decides about a client; a `scope` beyond the default needs a second person."""

    name: str
    days: int = 90
    may_submit: bool = False
    scope: Scope = DEFAULT_SCOPE


@dataclass(frozen=True, slots=True)
class AddedClient:
    """The client, and its token, which is kept nowhere."""

    client: models.Client
    token: str


def add_client(given: NewClient, actor: str, second: str | None = None) -> AddedClient:
    """Let a third-party tool in. Opens the institution key, which signs the terms.

    The other signature under the terms is made with the key that the token is: whoever holds the token can
    make it, and takes the terms by using it.

    Raises:
        InputError: no name, or no sensible number of days; all faults.
        RefusedError: the name is taken, or wide terms have nobody else's word.
    """
    _check(given, actor, second)
    now, token = clock.now(), new_token()
    key, expires = token_signer(token), now + timedelta(days=given.days)
    text = terms(given.name, key, given.scope, now, expires)
    signed = countersign(sign(text, institution_signer()), key)
    with transaction.atomic():
        client = models.Client.objects.create(
            peer=_peer(given.name, key, now, expires),
            token=token_digest(token),
            terms=agreeing.keep(signed, now),
            may_submit=given.may_submit,
            created=now,
            author=actor,
            second=second or "" if given.scope.is_wide else "",
            expires=expires,
        )
        trail.note(models.Tag.CLIENT_ADDED, now, peer=client.peer, subject=client.peer_id, actor=actor)
    return AddedClient(client, token)


def _check(given: NewClient, actor: str, second: str | None) -> None:
    faults = name_faults(given.name)
    if not 1 <= given.days <= LONGEST_DAYS:
        remedy = f"Choose 1 to {LONGEST_DAYS}."
        faults.append(Fault("A token does not last that long.", field="days", remedy=remedy))
    if faults:
        raise InputError(faults)
    refuse_taken(given.name)
    if given.scope.is_wide and (not second or same_person(second, actor)):
        raise RefusedError("More than TLP:CLEAR without caveats needs a second person.")


def _peer(name: str, key: Signer, now: datetime, expires: datetime) -> models.Peer:
    """The client as a recipient; its key acts for itself, as long as the token counts."""
    return models.Peer.objects.create(
        institution=institution_id(key.key),
        name=name,
        institution_key=key.key,
        node_key=key.key,
        delegation=delegate(key, key.key, now, expires).model_dump_json().encode(),
        joined=now,
    )

"""Drafting an agreement: from a joint assessment to a text that people edit, then sign."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import yaml
from django.conf import settings
from pydantic import ValidationError

from fourfold.activities.incident_reporting import collaboration, communication, coordination
from fourfold.activities.incident_reporting.records import ACTIVITY, INCIDENT
from fourfold.agreements import (
    AgreementText,
    Direction,
    Frame,
    Party,
    SliceDraft,
    SliceTerms,
    Term,
    check_text,
    draft_text,
)
from fourfold.canon import canonical_bytes, new_id, read_document
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.framework import Level
from fourfold.node import assessing, models
from fourfold.node.consent_kinds import CONSENT, CONSENT_REQUEST
from fourfold.node.keyrings import lines
from fourfold.node.kinds import kind_of
from fourfold.node.standing import binding_with
from fourfold.records.markings import Caveat, Tlp

REVIEW_DAYS = 365
DEFAULT_FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    ACTIVITY: {
        INCIDENT.id: communication.default_fields(),
        **{kind: kind_of(kind).fields for kind in (*coordination.AVENUE.kinds, *collaboration.AVENUE.kinds)},
    }
}
"""For each activity that is carried out: its kinds, and the fields that are offered to pass.

What is proposed or drafted together travels whole, so all its fields are offered; whether the slice is close
enough for it is the release table's to say.
"""


def draft(
    row: models.JointAssessment,
    title: str,
    ids: Mapping[str, str],
    now: datetime,
    replaces: str | None = None,
    *,
    consents: bool = False,
) -> AgreementText:
    """The text that a joint assessment leads to, with cautious defaults for all that people decide.

    `ids` gives slices other ids than those that follow from their names. `replaces` is the digest of the
    agreement that it follows: terms go on where a slice keeps its name, and so does all else that it holds.
    `consents` adds the slice by which consents are asked for and given.

    Raises:
        RefusedError: not assessed by both, not carried out yet, nothing like a founding agreement, or the
            framework suggests no level for any part.
    """
    if row.activity not in DEFAULT_FIELDS:
        raise RefusedError(f"No kind of record of {row.activity} is carried out yet; nothing could pass.")
    parties = _parties(row.peer, now)
    made = assessing.joint(row)
    before = _followed(replaces)
    frame = Frame(
        id=before.agreement if before else new_id("agreement"),
        title=title,
        parties=parties,
        community=frozenset(party.id for party in parties),
        term=Term(now - timedelta(minutes=5), now + timedelta(days=REVIEW_DAYS)),
        number=before.number + 1 if before else 1,
        predecessor=before.digest if before else None,
        assessments=(assessing.joint_digest(row),),
    )
    drafts = {
        result.name: cautious(
            row.activity, result.name, result.outcome.suggestion, parties, ids.get(result.name)
        )
        for result in made.slices
        if result.outcome.suggestion is not None
    }
    if not drafts:
        raise RefusedError(
            f"The framework suggests no level for any part of {row.activity}. Answer more first."
        )
    text = draft_text(frame, row.activity, made, drafts)
    if before is not None:
        text = _going_on(text, before.content(), ids)
    known = {terms.id for terms in text.slices}
    extra = [consent_slice(row.activity, parties)] if consents else []
    return text.model_copy(
        update={"slices": (*text.slices, *(terms for terms in extra if terms.id not in known))}
    )


def consent_slice(activity: str, parties: Iterable[Party]) -> SliceTerms:
    """The slice by which holders ask for consents about one activity, and originators answer.

    At coordination, as what is asked there is answered; it moves no record of the activity itself.
    """
    fields = {kind.id: kind.fields for kind in (CONSENT_REQUEST, CONSENT)}
    return SliceTerms(
        id=f"{activity.replace('_', '-')}-consents",
        activity=activity,
        name="Consents to passing on",
        level=Level.COORDINATION,
        kinds=frozenset(fields),
        ceiling=Tlp.AMBER_STRICT,
        directions=tuple(Direction(sender=party.id, fields=fields) for party in parties),
    )


def to_yaml(text: AgreementText) -> str:
    """The text as a file that people can read and edit."""
    return yaml.safe_dump(text.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=100)


def from_file(data: bytes, file: str) -> AgreementText:
    """The text in a file.

    Raises:
        InputError: with all faults.
    """
    plain = read_document(data, file=file).plain()
    try:
        text = AgreementText.model_validate_json(canonical_bytes(plain))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise InputError(
            [Fault(f"{each['msg']}.", file, 0, ".".join(map(str, each["loc"]))) for each in found]
        ) from error
    faults = check_text(text, lines())
    if faults:
        raise InputError([Fault(each.message, file, each.line, each.field, each.remedy) for each in faults])
    return text


def _parties(peer: models.Peer, now: datetime) -> tuple[Party, ...]:
    """The parties with the facts that both signed in the founding agreement, each by its present key."""
    rings = lines()
    for text in binding_with(peer.institution, now).values():
        if text.founding:
            return tuple(
                party.model_copy(update={"institution_key": rings[party.id].key}) for party in text.parties
            )
    raise RefusedError(f"No founding agreement with {peer.name} is in force.")


def _followed(replaces: str | None) -> models.Agreement | None:
    if replaces is None:
        return None
    before = models.Agreement.objects.filter(pk=replaces).first()
    if before is None or before.complete is None:
        raise RefusedError("The agreement to be replaced is not in force here.")
    return before


def cautious(
    activity: str, name: str, level: Level, parties: tuple[Party, ...], id_: str | None = None
) -> SliceDraft:
    """A part with cautious terms: a ceiling of AMBER, no proprietary or national-security information.

    What stays apart has no terms for sending, and takes every marking: nothing tighter may slip out of it
    into an open slice.
    """
    fields, apart = DEFAULT_FIELDS[activity], level is Level.SEPARATION
    terms = tuple(Direction(sender=party.id, fields=dict(fields)) for party in parties)
    return SliceDraft(
        id=id_ or slice_id(name),
        kinds=frozenset(fields),
        ceiling=Tlp.RED if apart else Tlp.AMBER,
        forbidden_caveats=frozenset() if apart else frozenset({Caveat.PROPRIETARY, Caveat.NATIONAL_SECURITY}),
        directions=() if apart else terms,
    )


def _going_on(text: AgreementText, before: AgreementText, ids: Mapping[str, str]) -> AgreementText:
    """A text whose slices go on from those of the text before: same name, same id and terms, new level.

    Where a level is left for or from separation, the cautious terms of the new level hold. What only the text
    before has goes on as it is.
    """
    stood = {(terms.activity, terms.name): terms for terms in before.slices}
    slices = [_gone_on(terms, stood.pop((terms.activity, terms.name), None), ids) for terms in text.slices]
    return text.model_copy(update={"slices": (*slices, *stood.values())})


def _gone_on(terms: SliceTerms, stood: SliceTerms | None, ids: Mapping[str, str]) -> SliceTerms:
    if stood is None:
        return terms
    id_ = ids.get(terms.name, stood.id)
    if (terms.level is Level.SEPARATION) != (stood.level is Level.SEPARATION):
        return terms.model_copy(update={"id": id_})
    return stood.model_copy(update={"id": id_, "level": terms.level})


def slice_id(name: str) -> str:
    """An id for a slice: its name in small letters and hyphens, beginning with a letter."""
    word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return word if word[:1].isalpha() else f"part-{word}".rstrip("-")


def own_party(text: AgreementText) -> Party:
    """This institution in a text.

    Raises:
        RefusedError: it is no party.
    """
    found = text.party(settings.NODE.id)
    if found is None:
        raise RefusedError("This institution is no party of the agreement.")
    return found

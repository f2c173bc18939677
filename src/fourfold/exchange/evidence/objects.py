"""Checks on a released object and on an agreement."""

from collections.abc import Sequence

from fourfold.agreements import AgreementText, Party, read_text
from fourfold.canon import digest_bytes
from fourfold.exchange.evidence.checks import Checks
from fourfold.exchange.evidence.items import AgreementEvidence, ObjectEvidence
from fourfold.exchange.evidence.keys import Trust, check_delegation, check_time
from fourfold.exchange.policies import Case, Context, agreed
from fourfold.exchange.reasons import SENTENCES
from fourfold.exchange.stix.codec import decode
from fourfold.exchange.stix.signed import SignedObject, verify_object
from fourfold.records.signing import Purpose, Signature, verify
from fourfold.release.object import ReleaseObject


def check_object(
    checks: Checks, item: ObjectEvidence, agreements: Sequence[AgreementEvidence], trust: Trust
) -> None:
    """Check a released object: who signed it, when, for whom, and under which agreement."""
    given = item.delegation.delegation
    check_delegation(checks, item.delegation, "owner's", trust)
    found = checks.attempt("signature", lambda: verify_object(item.object.encode(), given.node_key), _signed)
    if found is None:
        return
    release = checks.attempt("content", lambda: decode(found.value), _described)
    if release is None:
        return
    checks.equal(
        "owner",
        release.owner == given.institution,
        "Its owner is the institution whose key signed it.",
        "It names another owner than the institution whose key signed it.",
    )
    check_time(checks, given, "owner's", release.modified, "this version was made", trust)
    _check_terms(checks, found, release, agreements)


def check_agreement(checks: Checks, item: AgreementEvidence) -> None:
    """Check an agreement: that every party signed this text, and nobody else."""
    text = checks.attempt("text", lambda: read_text(item.text), _titled)
    if text is None:
        return
    for party in text.parties:
        _check_party(checks, item, party)
    strangers = {given.key for given in item.signatures} - {party.institution_key for party in text.parties}
    if strangers:
        checks.fails("signatures", f"{len(strangers)} of the signatures are by no party.")


def _check_party(checks: Checks, item: AgreementEvidence, party: Party) -> None:
    name = f"signature of {party.name}"
    given: Signature | None = next((s for s in item.signatures if s.key == party.institution_key), None)
    if given is None:
        checks.fails(name, f"{party.name} has not signed.")
        return
    data = item.text.encode()
    checks.attempt(
        name,
        lambda: verify(given, Purpose.AGREEMENT, data, party.institution_key),
        lambda _: f"{party.name} signed exactly this text.",
    )


def _check_terms(
    checks: Checks, found: SignedObject, release: ReleaseObject, agreements: Sequence[AgreementEvidence]
) -> None:
    """Whether the agreement that the object names lets it pass, if that agreement is among the files."""
    item = next((each for each in agreements if digest_bytes(each.text.encode()) == release.agreement), None)
    if item is None:
        checks.open("terms", f"It was released under agreement {release.agreement}, which is not shown here.")
        return
    text = checks.attempt("terms", lambda: read_text(item.text), lambda _: "The agreement it names is shown.")
    if text is None:
        return
    context = Context(
        me=release.recipient,
        peer=release.owner,
        keys={},
        agreements={release.agreement: text},
        held=lambda _: None,
        now=release.modified,
    )
    reasons = () if release.revoked else agreed(Case(release, found.digest, context, None))
    checks.equal(
        "terms kept",
        not reasons,
        "Slice, kind, fields and marking are as the agreement has it.",
        " ".join(SENTENCES[reason] for reason in reasons),
    )


def _signed(found: SignedObject) -> str:
    return f"The node key signed exactly this object, {found.digest}."


def _described(release: ReleaseObject) -> str:
    what = "withdrawal of a release" if release.revoked else f"release of kind {release.kind}"
    return (
        f"Version {release.version} of {release.id}, a {what}, marked TLP:{release.marking.tlp.value}, "
        f"made by {release.owner} for {release.recipient}."
    )


def _titled(text: AgreementText) -> str:
    return f"Agreement number {text.number}, {text.title!r}, between {len(text.parties)} parties."

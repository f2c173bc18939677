"""Where what a node keeps belongs, so that only those read it who may: here rows are labelled and moved."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from fourfold.node import clock
from fourfold.node.consent_kinds import CONSENT, CONSENT_REQUEST
from fourfold.node.models import belonging
from fourfold.node.models.consents import ConsentCase, ConsentDocument
from fourfold.node.models.events import Event
from fourfold.node.models.files import RecordFile
from fourfold.node.models.readers import Grant, NamedReader
from fourfold.node.models.reading import UNKNOWN, Compartment, forget, keep_compartment
from fourfold.node.models.receipts import ReceiptIn, ReceiptOut
from fourfold.node.models.received import Received
from fourfold.node.models.records import RecordVersion
from fourfold.node.models.releases import Release, ReleaseVersion
from fourfold.node.models.steps import CourseStep, WaitingStep
from fourfold.node.models.submissions import Submitted
from fourfold.node.naming import same_person
from fourfold.node.readers import clearances_of
from fourfold.records.envelope import Record
from fourfold.records.markings import Tlp
from fourfold.release import Compartment as Belongs
from fourfold.release import ReleaseObject, may_read, tightened

ACCOUNT = "account--"
"""How a compartment names the account that wrote what is in it, beyond what that account is cleared for."""


def content_of(number: int) -> Belongs | None:
    """What decides in a compartment; None: it is not known."""
    row = None if number == UNKNOWN else Compartment.objects.filter(pk=number).first()
    return None if row is None else row.content()


def place(record: Record, actor: str, before: RecordVersion | None, within: int = UNKNOWN) -> int:
    """The compartment of a version of a record that somebody keeps; earlier ones become as tight.

    Whoever writes reads what she wrote, until another person has written on: beyond her clearance in a
    compartment of her own; what is RED names her, if all of it is hers. What another wrote, writing on opens
    to nobody. `within` is the compartment of what the record is about.
    """
    what, outer = belonging.of_record(record), content_of(within)
    if outer is not None:
        what = tightened(what, _nobodys(outer))
    old = content_of(before.compartment) if before else None
    if old is not None and old.subject and not old.subject.startswith(ACCOUNT):
        what = replace(what, subject=old.subject)
    hers = before is None or _wrote_all(record.id, actor)
    if not hers:
        _leave_to_others(record.id, actor)
    number = keep_compartment(_read_by_author(what, actor, record.id if hers else ""))
    if before is not None and number != before.compartment:
        tighten(_of_records([record.id]), what)
    return number


def _read_by_author(what: Belongs, actor: str, hers: str) -> Belongs:
    """Where what somebody writes belongs; `hers` is the record's id if nobody else wrote any of it."""
    account = get_user_model().objects.filter(username=actor).first()
    who = clearances_of(account) if account else None
    if who is None or may_read(who, what):
        return what
    if what.subject:
        if what.subject == hers:
            name(account.pk, hers)
        return what
    return replace(what, subject=f"{ACCOUNT}{account.pk}")


def _nobodys(what: Belongs) -> Belongs:
    """A compartment without the account for which it was carved out: that is for what this account wrote."""
    return replace(what, subject="") if what.subject.startswith(ACCOUNT) else what


def _wrote_all(record: str, actor: str) -> bool:
    """Whether somebody alone wrote all that is kept of a record."""
    authors = RecordVersion.objects.filter(record=record).values_list("author", flat=True)
    return all(same_person(actor, each) for each in authors)


def _leave_to_others(record: str, actor: str) -> None:
    """Another person writes on: whoever wrote before reads on by clearance, or because a grant names them."""
    account = get_user_model().objects.filter(username=actor).first()
    by_writing = NamedReader.objects.filter(subject=record, grant=None, ended=None)
    by_writing.exclude(account=account).update(ended=clock.now(), ended_by=actor)
    forget()
    for rows in _of_records([record]):
        _change(rows, lambda old: _nobodys(old) if old.tlp != Tlp.RED else replace(old, subject=record))


def compartment_of_received(release: ReleaseObject) -> int:
    """Where something that came belongs; about consent, no looser than what the consent is about."""
    what = belonging.of_release(release)
    about: QuerySet[object] | None = None
    if release.kind == CONSENT_REQUEST.id:
        about = Release.objects.filter(pk=str(release.fields.get("object")))
    elif release.kind == CONSENT.id:
        about = ConsentCase.objects.filter(pk=str(release.fields.get("request")))
    found = about.values_list("compartment", flat=True).first() if about is not None else None
    outer = content_of(found or UNKNOWN)
    if outer is not None:
        what = tightened(what, _nobodys(outer))
    if release.id in _subjects(Received.objects.filter(object=release.id)):  # its readers were named
        what = replace(what, subject=release.id)
    return keep_compartment(what)


def _subjects(rows: "QuerySet[object]") -> set[str]:
    """For what, or for whose account, the compartments were carved out in which these rows are."""
    numbers = rows.order_by().values_list("compartment", flat=True).distinct()
    return {found.subject for each in numbers if (found := content_of(each))}


def settle_received(release: ReleaseObject) -> None:
    """What came earlier of an object becomes as tight as its later version."""
    if release.version > 1 and not release.revoked:
        tighten(_of_received([release.id]), belonging.of_release(release))


def settle_handed_in(number: int, record: str) -> None:
    """What was handed in becomes as tight as the record that it became."""
    row = RecordVersion.objects.filter(record=record, latest=True).first()
    what = content_of(row.compartment) if row else None
    if what is not None:
        tighten([Submitted.objects.filter(pk=number)], what)


def name(account: int, subject: str, grant: Grant | None = None) -> None:
    """Name the author of something for it, or whom a grant names, as long as that counts."""
    if not NamedReader.objects.filter(account=account, subject=subject, grant=grant, ended=None).exists():
        NamedReader.objects.create(account_id=account, subject=subject, grant=grant, since=clock.now())
        forget()


def tighten(rows: Iterable["QuerySet[object]"], by: Belongs) -> None:
    """Move rows into compartments as tight as this one; what belongs in it already stays."""
    for each in rows:
        _change(each, lambda old: tightened(old, by))


def _change(rows: "QuerySet[object]", into: Callable[[Belongs], Belongs]) -> None:
    """Move rows into other compartments, by what decides in those in which they are."""
    for number in list(rows.order_by().values_list("compartment", flat=True).distinct()):
        old = content_of(number)
        new = UNKNOWN if old is None else keep_compartment(into(old))
        if new not in {number, UNKNOWN}:
            rows.filter(compartment=number).update(compartment=new)


def align(opening: str) -> None:
    """A proposal or a joint record is read as a whole: all of its steps belong with the tightest of them.

    The records, releases and objects in which they stand keep labels of their own: whoever wrote here reads
    what she wrote, and can withdraw it, however tightly a counterpart marks its answer. Whoever a grant names
    for one of them is named for the course; who wrote one of them reads the others by clearance.
    """
    rows = [
        *CourseStep.objects.filter(opening=opening).select_related("received"),
        *WaitingStep.objects.filter(opening=opening),
    ]
    records = [row.record for row in rows if row.record]
    received = [row.received.object for row in rows if getattr(row, "received", None)]
    numbers = {row.compartment for row in rows}
    numbers |= set(RecordVersion.objects.filter(record__in=records).values_list("compartment", flat=True))
    numbers |= set(Received.objects.filter(object__in=received).values_list("compartment", flat=True))
    found = [content_of(number) for number in numbers]
    if len(numbers) == 1 or not found:
        return
    if None in found:
        tightest = Belongs("")
    else:
        tightest = found[0]
        for each in found[1:]:
            tightest = tightened(tightest, each)
    _align(_of_course(opening), found, tightest, opening)


def _align(
    rows: Iterable["QuerySet[object]"], found: Sequence[Belongs | None], tightest: Belongs, opening: str
) -> None:
    subjects = {each.subject for each in found if each is not None and each.subject}
    what = replace(tightest, subject=opening if subjects or tightest.named_only else "")
    number = keep_compartment(what)
    for each in rows:
        each.update(compartment=number)
    named = NamedReader.objects.filter(subject__in=subjects - {opening}, ended=None)
    for each in named.exclude(grant=None):
        name(each.account_id, opening, each.grant)


def carve(subject: str) -> None:
    """Give a record, something that came or a course a compartment of its own: people can be named for it.

    Who alone wrote a record beyond her clearance is named for it too, so that she goes on reading it.
    """
    versions = RecordVersion.objects.filter(record=subject)
    authors = set(versions.values_list("author", flat=True))
    if len(authors) == 1 and any(each.startswith(ACCOUNT) for each in _subjects(versions)):
        account = get_user_model().objects.filter(username=authors.pop()).first()
        if account is not None:
            name(account.pk, subject)
    for rows in (_of_records([subject]), _of_received([subject]), _of_course(subject), _handed_in(subject)):
        for each in rows:
            _change(each, lambda old: replace(old, subject=subject))


def _of_records(records: Sequence[str]) -> Iterator["QuerySet[object]"]:
    """All rows that tell of these records."""
    versions = RecordVersion.objects.filter(record__in=records)
    digests = list(versions.values_list("digest", flat=True))
    releases = list(Release.objects.filter(record__in=records).values_list("pk", flat=True))
    yield versions
    yield Release.objects.filter(record__in=records)
    yield ReleaseVersion.objects.filter(release__in=releases)
    yield ReceiptIn.objects.filter(release_version__release__in=releases)
    yield CourseStep.objects.filter(record__in=records)
    yield WaitingStep.objects.filter(record__in=records)
    cases = _cases(digests, releases)
    files = RecordFile.objects.filter(version__in=versions).values_list("digest", flat=True)
    yield ConsentCase.objects.filter(pk__in=cases)
    yield ConsentDocument.objects.filter(record_digest__in=digests)
    yield Submitted.objects.filter(record__in=records)
    yield Event.objects.filter(subject__in=[*records, *releases, *cases, *files])


def _cases(digests: Sequence[str], releases: Sequence[str]) -> list[str]:
    """The requests for consent that are about these records: our own, and others' about what we released."""
    ours = ConsentCase.objects.filter(ours=True, record_digest__in=digests)
    theirs = (row for row in ConsentCase.objects.filter(ours=False) if releases)
    asked = [row.pk for row in theirs if json.loads(bytes(row.body)).get("object") in releases]
    return [*ours.values_list("pk", flat=True), *asked]


def _handed_in(digest: str) -> Iterator["QuerySet[object]"]:
    """Something handed in, by the digest under which a grant names it."""
    yield Submitted.objects.filter(digest=digest)


def _of_received(objects: Sequence[str]) -> Iterator["QuerySet[object]"]:
    """All rows that tell of these received objects."""
    yield Received.objects.filter(object__in=objects)
    yield ReceiptOut.objects.filter(received__object__in=objects)
    yield CourseStep.objects.filter(received__object__in=objects)
    yield Event.objects.filter(subject__in=objects)


def _of_course(opening: str) -> Iterator["QuerySet[object]"]:
    """The steps of a proposal or a joint record, and what happened to it."""
    yield CourseStep.objects.filter(opening=opening)
    yield WaitingStep.objects.filter(opening=opening)
    yield Event.objects.filter(subject=opening)

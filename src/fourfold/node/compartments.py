"""Where what a node keeps belongs, so that only those read it who may: here rows are labelled and moved."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from fourfold.node import clock
from fourfold.node.consent_kinds import CONSENT, CONSENT_REQUEST
from fourfold.node.models import belonging
from fourfold.node.models.consents import ConsentCase, ConsentDocument
from fourfold.node.models.events import Event
from fourfold.node.models.readers import Grant, NamedReader
from fourfold.node.models.reading import UNKNOWN, Compartment, forget, keep_compartment
from fourfold.node.models.received import Received
from fourfold.node.models.records import RecordVersion
from fourfold.node.models.releases import Release, ReleaseVersion
from fourfold.node.models.steps import CourseStep, WaitingStep
from fourfold.node.readers import clearances_of
from fourfold.records.envelope import Record
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

    Whoever writes reads what she wrote: beyond her clearance in a compartment of her own, until another
    person has written on; what is RED names her. `within` is the compartment of what the record is about.
    """
    what, outer = belonging.of_record(record), content_of(within)
    if outer is not None:
        what = tightened(what, outer)
    old = content_of(before.compartment) if before else None
    if old is not None and old.subject and not old.subject.startswith(ACCOUNT):
        what = replace(what, subject=old.subject)
    number = keep_compartment(_read_by_author(what, actor))
    if before is not None and number != before.compartment:
        tighten(_of_records([record.id]), what)
    return number


def _read_by_author(what: Belongs, actor: str) -> Belongs:
    account = get_user_model().objects.filter(username=actor).first()
    who = clearances_of(account) if account else None
    if who is None or may_read(who, what):
        return what
    if what.subject:
        name(account.pk, what.subject)
        return what
    return replace(what, subject=f"{ACCOUNT}{account.pk}")


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
    return keep_compartment(what if outer is None else tightened(what, outer))


def name(account: int, subject: str, grant: Grant | None = None) -> None:
    """Name the author of something for it, or whom a grant names, as long as that counts."""
    if not NamedReader.objects.filter(account=account, subject=subject, grant=grant, ended=None).exists():
        NamedReader.objects.create(account_id=account, subject=subject, grant=grant, since=clock.now())
        forget()


def tighten(rows: Iterable["QuerySet[object]"], by: Belongs) -> None:
    """Move rows into compartments as tight as this one; what belongs in it already stays."""
    for each in rows:
        for number in list(each.order_by().values_list("compartment", flat=True).distinct()):
            old = content_of(number)
            new = UNKNOWN if old is None else keep_compartment(tightened(old, by))
            if new not in {number, UNKNOWN}:
                each.filter(compartment=number).update(compartment=new)


def align(opening: str) -> None:
    """A proposal or a joint record is read as a whole: all of its steps belong with the tightest of them.

    So do the records and objects in which they stand. Whoever was named for one of them is named for all.
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
    _align([*_of_course(opening), *_of_records(records), *_of_received(received)], found, tightest, opening)


def _align(
    rows: Iterable["QuerySet[object]"], found: Sequence[Belongs | None], tightest: Belongs, opening: str
) -> None:
    subjects = {each.subject for each in found if each is not None and each.subject}
    what = replace(tightest, subject=opening if subjects or tightest.named_only else "")
    number = keep_compartment(what)
    for each in rows:
        each.update(compartment=number)
    for each in NamedReader.objects.filter(subject__in=subjects - {opening}, ended=None):
        name(each.account_id, opening, each.grant)
    for subject in subjects:
        if subject.startswith(ACCOUNT):
            name(int(subject.removeprefix(ACCOUNT)), opening)


def carve(subject: str) -> None:
    """Give a record, something received or a course a compartment of its own: people can be named for it."""
    for rows in (_of_records([subject]), _of_received([subject]), _of_course(subject)):
        for each in rows:
            for number in list(each.order_by().values_list("compartment", flat=True).distinct()):
                old = content_of(number)
                if old is None or old.subject == subject:
                    continue
                if old.subject.startswith(ACCOUNT):
                    name(int(old.subject.removeprefix(ACCOUNT)), subject)
                each.filter(compartment=number).update(
                    compartment=keep_compartment(replace(old, subject=subject))
                )


def _of_records(records: Sequence[str]) -> Iterator["QuerySet[object]"]:
    """All rows that tell of these records."""
    versions = RecordVersion.objects.filter(record__in=records)
    digests = list(versions.values_list("digest", flat=True))
    releases = list(Release.objects.filter(record__in=records).values_list("pk", flat=True))
    yield versions
    yield Release.objects.filter(record__in=records)
    yield ReleaseVersion.objects.filter(release__in=releases)
    yield CourseStep.objects.filter(record__in=records)
    yield WaitingStep.objects.filter(record__in=records)
    yield ConsentCase.objects.filter(ours=True, record_digest__in=digests)
    yield ConsentDocument.objects.filter(record_digest__in=digests)
    yield Event.objects.filter(subject__in=[*records, *releases])


def _of_received(objects: Sequence[str]) -> Iterator["QuerySet[object]"]:
    """All rows that tell of these received objects."""
    yield Received.objects.filter(object__in=objects)
    yield CourseStep.objects.filter(received__object__in=objects)
    yield Event.objects.filter(subject__in=objects)


def _of_course(opening: str) -> Iterator["QuerySet[object]"]:
    """The steps of a proposal or a joint record, and what happened to it."""
    yield CourseStep.objects.filter(opening=opening)
    yield WaitingStep.objects.filter(opening=opening)
    yield Event.objects.filter(subject=opening)

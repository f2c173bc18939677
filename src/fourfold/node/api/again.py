"""How each operation that changes something is answered when it is asked again by the same key.

Kept is what names the things that it made or changed; these are then shown by the operation that shows them
to anybody, so that nobody sees more, or longer, than they may. A test holds this table against the API.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from fourfold.errors import NotFoundError
from fourfold.node.api import apart, assessments, consents, courses, drafts, exchange, inbox, readers, records

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Again:
    """`kept` takes from an answer what is remembered of it; `shown` makes an answer of that."""

    kept: Callable[[Any], Any]
    shown: Callable[[HttpRequest, Any, Given], Any]


def _by(name: str, show: Callable[..., Any]) -> Again:
    """What has an operation of its own that shows it, by the member that names it."""
    return Again(lambda answer: answer[name], lambda request, kept, _: show(request, **{name: kept}))


def _at(show: Callable[..., Any], *names: str) -> Again:
    """What stands at the very place that was asked."""
    return Again(
        lambda _: None, lambda request, _, given: show(request, **{name: given[name] for name in names})
    )


def _listed(show: Callable[..., Any], by: tuple[str, ...], *names: str) -> Again:
    """What only a list shows, by the members that tell it apart."""

    def shown(request: HttpRequest, kept: Any, given: Given) -> Any:
        rows = show(request, **{name: given[name] for name in names})
        for row in rows:
            if [row[each] for each in by] == kept:
                return row
        raise NotFoundError("It is not there any more.")

    return Again(lambda answer: [answer[each] for each in by], shown)


def _bare(*names: str) -> Again:
    """What has no content: ids and digests, as they were."""

    def kept(answer: Any) -> dict[str, Any]:
        return {each: answer[each] if isinstance(answer, dict) else getattr(answer, each) for each in names}

    return Again(kept, lambda _request, kept, _given: kept)


def _corrected() -> Again:
    """What a correction withdrew and released, each by its id; the reasons have no content."""
    lists = ("withdrawn", "released")

    def kept(answer: Any) -> dict[str, Any]:
        ids = {name: [each["id"] for each in answer[name]] for name in lists}
        return {**ids, "refused": answer["refused"]}

    def shown(request: HttpRequest, kept: Any, _given: Given) -> dict[str, Any]:
        rows = {name: [exchange.show_release(request, id=each) for each in kept[name]] for name in lists}
        return {**rows, "refused": kept["refused"]}

    return Again(kept, shown)


_RECORD, _RELEASE = _by("id", records.show_record), _by("id", exchange.show_release)
_CONSENT, _GIVEN = _by("id", consents.show_consent), _bare("id", "record_digest")
_PROPOSAL, _JOINT = _by("digest", courses.show_proposal), _by("digest", courses.show_joint_record)
_GRANT = _by("number", readers.show_grant)
_HANDED_IN, _DRAFT = _at(inbox.show_handed_in, "number"), _by("number", drafts.show)
_ASSESSED = _at(assessments.show_assessment, "activity", "other")

AGAIN: Mapping[str, Again] = {
    "records.keep_record": _RECORD,
    "records.change": _RECORD,
    "records.approve": _bare("record_digest", "recipient", "approver"),
    "records.release": _RELEASE,
    "records.correct": _corrected(),
    "apart.stub": _RELEASE,
    "apart.seal": _listed(apart.list_seals, ("witness", "version"), "id"),
    "inbox.accept": _HANDED_IN,
    "inbox.follow": _HANDED_IN,
    "inbox.reject": _HANDED_IN,
    "consents.ask": _CONSENT,
    "consents.give": _GIVEN,
    "consents.grant": _CONSENT,
    "consents.decline": _CONSENT,
    "consents.revoke": _GIVEN,
    "courses.make_proposal": _PROPOSAL,
    "courses.amend": _PROPOSAL,
    "courses.answer": _PROPOSAL,
    "courses.drop_answer": _bare("digest", "record"),
    "courses.begin": _JOINT,
    "courses.add": _JOINT,
    "courses.sign": _JOINT,
    "courses.publish": _JOINT,
    "courses.leave": _JOINT,
    "courses.drop_part": _bare("digest", "record"),
    "assessments.answer": _ASSESSED,
    "assessments.add": _ASSESSED,
    "assessments.rename": _ASSESSED,
    "assessments.remove": _ASSESSED,
    "assessments.seal": _ASSESSED,
    "assessments.reveal": _ASSESSED,
    "drafts.begin": _DRAFT,
    "drafts.amend": _DRAFT,
    "drafts.change": _DRAFT,
    "drafts.drop": _DRAFT,
    "drafts.propose": _listed(exchange.list_agreements, ("digest",)),
    "exchange.withdraw": _RELEASE,
    "exchange.keep_to_pass_on": _RECORD,
    "exchange.hold": _listed(exchange.list_holds, ("id",)),
    "readers.propose": _GRANT,
    "readers.confirm": _GRANT,
    "readers.drop": _GRANT,
    "readers.end": _GRANT,
    "readers.end_naming": _bare("number", "id"),
}
"""How each is answered again."""

REPEATABLE = frozenset({"exchange.collect", "apart.prove"})
"""What makes nothing, and may well be done again: the trail notes it each time."""

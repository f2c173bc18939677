"""Files travel by digest: to whoever's collection names them, in pieces, and nowhere else."""

import io
from datetime import timedelta

import httpx
import pytest

from fourfold.activities.incident_reporting.records import INCIDENT
from fourfold.agreements import Direction, countersign, end, sign
from fourfold.canon import digest_bytes
from fourfold.errors import ExchangeError, InputError
from fourfold.node import agreeing, clock, files
from fourfold.node.actions import fetch_attachments as fetching
from fourfold.node.actions.add_attachment import add_attachment
from fourfold.node.actions.attach import attach
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.pull import pull
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.models import Agreement, Event, File, Peer, ReceivedFile, Tag
from fourfold.records.markings import Marking, Tlp

BYTES = bytes(range(256)) * 100
NAMED = {
    "name": "red-team.log",
    "media_type": "text/plain",
    "size": len(BYTES),
    "digest": digest_bytes(BYTES),
}


@pytest.fixture
def home(node, settings, tmp_path, own):
    """A home of its own for the files of each test, with the node's keys."""
    del node  # asked for first, as it brings a home that all tests share
    settings.HOME = type(own[0])(tmp_path)
    (tmp_path / "keys").symlink_to(own[0].keys)
    return settings.HOME


def let_pass(counterpart, node, fields):
    """Agree anew on the fields of incidents that pass, in both directions."""
    text = counterpart.agreement.text
    terms = text.slices[0].model_copy(
        update={
            "directions": tuple(
                Direction(sender=each.id, fields={"incident": fields}) for each in (node, counterpart.who)
            )
        }
    )
    after = text.model_copy(
        update={"number": 2, "predecessor": counterpart.agreement.digest, "slices": (terms,)}
    )
    signed = countersign(sign(after, node.institution), counterpart.who.institution)
    agreeing.keep(signed, clock.now() - timedelta(minutes=1))
    counterpart.agreement = signed


@pytest.fixture
def with_file(home, node, counterpart, share):
    """An incident with a file, released to a counterpart that may have the file."""
    let_pass(counterpart, node, ("title", "attachments"))
    kept = add_attachment(io.BytesIO(BYTES), "red-team.log", "text/plain", "tester")
    return share(counterpart, attachments=[kept.model_dump()])


def fetch(asker, digest, given=""):
    headers = {"Range": given} if given else {}
    return asker.http.get(f"http://node.example/exchange/v1/attachments/{digest}", headers=headers)


def test_a_file_is_kept_once_whole_and_for_its_owner_only(home, node):
    kept = [add_attachment(io.BytesIO(BYTES), "red-team.log", "text/plain", "tester") for _ in range(2)]
    assert [each.model_dump() for each in kept] == [NAMED, NAMED]
    file = files.place(NAMED["digest"])
    assert file.read_bytes() == BYTES
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list((home.path / "attachments" / "part").iterdir())
    assert File.objects.count() == 1


def test_a_record_can_only_name_files_that_are_kept(home, node, share, counterpart):
    strange = {**NAMED, "digest": digest_bytes(b"another")}
    add_attachment(io.BytesIO(BYTES), "red-team.log", None, "tester")
    with pytest.raises(InputError) as caught:
        share(counterpart, attachments=[strange, NAMED, {**NAMED, "size": 1}])
    assert [fault.field for fault in caught.value.faults] == ["attachments.0", "attachments.2"]


def test_a_counterpart_fetches_a_file_that_its_collection_names(with_file, asker):
    whole = fetch(asker, NAMED["digest"])
    assert (whole.status_code, whole.content) == (200, BYTES)
    part = fetch(asker, NAMED["digest"], "bytes=256-511")
    assert (part.status_code, part.content) == (206, bytes(range(256)))
    assert part.headers["Content-Range"] == f"bytes 256-511/{len(BYTES)}"
    assert fetch(asker, NAMED["digest"], f"bytes={len(BYTES)}-").status_code == 416
    assert Event.objects.filter(tag=Tag.ATTACHMENT_SENT, subject=NAMED["digest"]).count() == 1


def test_a_file_that_one_may_not_have_and_one_that_is_not_there_are_the_same(with_file, asker, ask, stranger):
    hidden = add_attachment(io.BytesIO(b"kept apart"), "x.txt", None, "tester").digest
    absent = digest_bytes(b"never was here")
    other = ask(stranger.who.node)
    answers = [
        fetch(asker, hidden),
        fetch(asker, absent),
        fetch(other, NAMED["digest"]),
        fetch(other, absent),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_where_the_field_does_not_pass_the_file_does_not_either(home, node, counterpart, share, asker):
    kept = add_attachment(io.BytesIO(BYTES), "red-team.log", None, "tester")
    made = share(counterpart, attachments=[kept.model_dump()])
    assert "attachments" in made.withheld
    assert fetch(asker, kept.digest).status_code == 404
    assert kept.digest.encode() not in b"".join(asker.objects())


def test_a_tighter_marking_of_the_field_keeps_the_file(home, node, counterpart, share, asker):
    let_pass(counterpart, node, ("title", "attachments"))
    kept = add_attachment(io.BytesIO(BYTES), "red-team.log", None, "tester")
    made = share(counterpart, attachments=[kept.model_dump()])
    before = made.source.content()
    guarded = {"attachments": Marking(tlp=Tlp.RED, rel_to=frozenset())}
    change_record(
        made.source.record, Changes(before.payload, before.marking, before.slice, guarded), "tester"
    )
    assert fetch(asker, kept.digest).status_code == 404
    release_record(made.source.record, Peer.objects.get(pk=counterpart.who.id), "tester")
    assert fetch(asker, kept.digest).status_code == 404


def test_after_a_withdrawal_nothing_more_is_handed_out(with_file, asker):
    assert fetch(asker, NAMED["digest"]).status_code == 200
    withdraw(with_file.release_id, "an error", "tester")
    assert fetch(asker, NAMED["digest"]).status_code == 404


def test_after_the_end_of_the_agreement_nothing_more_is_handed_out(with_file, asker, counterpart, node):
    assert fetch(asker, NAMED["digest"]).status_code == 200
    row, now = Agreement.objects.get(pk=counterpart.agreement.digest), clock.now()
    agreeing.record_ending(row, end(counterpart.agreement, node.institution, now), now, "tester")
    assert fetch(asker, NAMED["digest"]).status_code == 404


@pytest.fixture
def offered(home, node, counterpart):
    """The counterpart released an incident with a file; it serves its files as a node does, in pieces."""
    let_pass(counterpart, node, ("title", "attachments"))
    return counterpart.release(fields={"title": "A car", "attachments": [NAMED]})


class Files:
    """The counterpart with files: serves ranges, may break off, may give other bytes."""

    def __init__(self, counterpart, content, *, breaks_at=None):
        self.counterpart, self.content, self.breaks_at, self.asked = counterpart, content, breaks_at, []

    def __call__(self, request):
        if not request.url.path.startswith("/exchange/v1/attachments/"):
            return self.counterpart(request)
        if self.content is None:
            return httpx.Response(404)
        first, last = (int(each) for each in request.headers["Range"].removeprefix("bytes=").split("-"))
        self.asked.append((first, last))
        if self.breaks_at is not None and first >= self.breaks_at:
            raise httpx.ReadError("the line broke")
        piece = self.content[first : last + 1]
        said = {"Content-Range": f"bytes {first}-{first + len(piece) - 1}/{len(self.content)}"}
        return httpx.Response(206, content=piece, headers=said)


@pytest.fixture
def pull_from(monkeypatch):
    monkeypatch.setattr(fetching, "PIECE_BYTES", 1000)
    return lambda served: (
        pull(Peer.objects.get(pk=served.counterpart.who.id), httpx.MockTransport(served)).files
    )


def test_a_received_file_comes_in_pieces_and_is_checked(offered, counterpart, pull_from):
    served = Files(counterpart, BYTES)
    assert pull_from(served).fetched == 1
    assert files.place(NAMED["digest"]).read_bytes() == BYTES
    assert len(served.asked) == -(-len(BYTES) // 1000)
    assert pull_from(served).fetched == 0
    assert len(served.asked) == -(-len(BYTES) // 1000)


def test_what_was_broken_off_goes_on_where_it_was(offered, counterpart, pull_from):
    with pytest.raises(ExchangeError):
        pull_from(Files(counterpart, BYTES, breaks_at=5000))
    assert files.part(NAMED["digest"], counterpart.who.id).stat().st_size == 5000
    assert not files.place(NAMED["digest"]).exists()
    again = Files(counterpart, BYTES)
    assert pull_from(again).fetched == 1
    assert again.asked[0][0] == 5000
    assert files.place(NAMED["digest"]).read_bytes() == BYTES


def test_other_bytes_than_were_signed_are_thrown_away_and_told(offered, counterpart, pull_from):
    served = Files(counterpart, BYTES[:-1] + b"!")
    assert pull_from(served).refused == 1
    assert not files.place(NAMED["digest"]).exists()
    assert not files.part(NAMED["digest"], counterpart.who.id).exists()
    assert Event.objects.filter(tag=Tag.ATTACHMENT_REFUSED, subject=NAMED["digest"]).count() == 1
    assert pull_from(served) == fetching.Fetched()


def test_a_file_that_is_not_to_be_had_waits_and_keeps_nothing_else_waiting(offered, counterpart, pull_from):
    assert pull_from(Files(counterpart, None)).waiting == 1
    assert counterpart.receipts[0].receipt.outcome == "stored"
    assert pull_from(Files(counterpart, BYTES)).fetched == 1


def test_a_withdrawal_destroys_the_file_and_the_receipt_says_so(offered, counterpart, pull_from):
    served = Files(counterpart, BYTES)
    pull_from(served)
    counterpart.withdraw(offered)
    pull_from(served)
    assert not files.place(NAMED["digest"]).exists()
    assert NAMED["digest"] in counterpart.receipts[-1].receipt.destroyed
    assert not ReceivedFile.objects.exists()


def test_a_file_that_another_object_still_names_stays(offered, counterpart, pull_from):
    served = Files(counterpart, BYTES)
    counterpart.release(fields={"title": "Another", "attachments": [NAMED]})
    pull_from(served)
    counterpart.withdraw(offered)
    pull_from(served)
    assert files.place(NAMED["digest"]).exists()
    assert NAMED["digest"] not in counterpart.receipts[-1].receipt.destroyed


def test_attaching_makes_a_new_version_that_names_each_file_once(home, node, share, counterpart):
    made = share(counterpart)
    kept = add_attachment(io.BytesIO(BYTES), "red-team.log", "text/plain", "tester")
    after = attach(made.source.record, [kept], "tester")
    assert (after.version, after.content().payload["attachments"]) == (2, [kept.model_dump()])
    assert attach(made.source.record, [kept], "tester").version == 2


def test_the_field_stands_last_so_that_earlier_commitments_still_open():
    assert INCIDENT.fields[-1] == "attachments"
    assert (len(INCIDENT.fields) - 1).bit_length() == (len(INCIDENT.fields) - 2).bit_length()


def test_a_server_that_gives_other_parts_is_refused(offered, counterpart, pull_from):
    served = Files(counterpart, BYTES)

    def shifted(request):
        answer = served(request)
        if "content-range" in answer.headers:
            answer.headers["content-range"] = f"bytes 7-99/{len(BYTES)}"
        return answer

    shifted.counterpart = counterpart
    with pytest.raises(ExchangeError, match="other parts"):
        pull_from(shifted)

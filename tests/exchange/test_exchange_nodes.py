import httpx
import pytest

from fourfold.canon import digest
from fourfold.errors import ExchangeError, InputError, ProofError
from fourfold.exchange.http import Wire, open_client
from fourfold.exchange.limits import MAX_RECEIPTS
from fourfold.exchange.nodes import (
    LogPart,
    NodeClient,
    ReceiptResult,
    Taken,
    read_receipts,
    receipts_body,
    results_body,
)
from fourfold.log import Checkpoint, Epoch, Frontier, append, log_name, open_epoch, sign_checkpoint
from fourfold.records.encoding import to_base64

LEAVES = [digest(number).encode()[-32:] for number in range(25)]


class Node:
    """A simulated node that keeps a log for the asker; `quirk` is what it does wrongly."""

    def __init__(self, world, leaves=LEAVES, quirk="", batch=10):
        self.world, self.leaves, self.quirk, self.batch = world, list(leaves), quirk, batch
        self.posted = []

    def __call__(self, request):
        if request.method == "POST":
            return self.post(request)
        first = int(request.url.params["from"])
        size = len(self.leaves)
        if self.quirk == "grows":
            self.leaves.append(LEAVES[0])
        frontier, _ = append(Frontier(), self.leaves[:size])
        epoch = open_epoch(
            Epoch(
                log=log_name(self.world.alpha.id, self.world.beta.id),
                number=1,
                previous=None,
                opened=self.world.now,
            ),
            self.world.alpha.node,
        )
        claimed = size + 5 if self.quirk == "claims more" else 10**18 if self.quirk == "boundless" else size
        note = sign_checkpoint(
            Checkpoint(epoch.epoch.origin, claimed, frontier.root()), self.world.alpha.node
        )
        part = LogPart(
            note=note.encode().decode(),
            epoch=epoch,
            first=first + (self.quirk == "elsewhere"),
            leaves=tuple(to_base64(leaf) for leaf in self.leaves[first : first + self.batch]),
        )
        wire = part.wire()
        if self.quirk == "short leaf":
            wire = wire.replace(to_base64(self.leaves[0]).encode(), b"AAAA")
        return httpx.Response(200, content=b"{}" if self.quirk == "empty" else wire)

    def post(self, request):
        self.posted.append((request.url.path, request.content))
        if request.url.path.endswith("receipts"):
            digests = [digest(receipt.decode()) for receipt in read_receipts(request.content)]
            return httpx.Response(
                200, content=results_body([ReceiptResult(digest=d, result=Taken.ACCEPTED) for d in digests])
            )
        return httpx.Response(204)


def client_of(node):
    return NodeClient(Wire("http://a.example", open_client(None, httpx.MockTransport(node))))


@pytest.mark.parametrize("quirk", ["", "grows"])
@pytest.mark.parametrize("first", [0, 3, 24, 25])
def test_a_log_is_read_to_the_size_that_was_signed_first(world, quirk, first):
    pieces = list(client_of(Node(world, quirk=quirk)).log(first))
    assert [leaf for piece in pieces for leaf in piece.leaves] == LEAVES[first:]
    assert len({piece.note for piece in pieces}) == 1


@pytest.mark.parametrize("quirk", ["claims more", "boundless", "elsewhere", "short leaf", "empty"])
def test_a_log_that_contradicts_itself_is_refused(world, quirk):
    with pytest.raises(ExchangeError):
        list(client_of(Node(world, quirk=quirk)).log(0))


def test_a_log_shorter_than_what_was_seen_is_refused(world):
    with pytest.raises(ProofError, match="shrunk"):
        list(client_of(Node(world)).log(26))


def test_receipts_are_delivered_as_they_were_signed_in_bounded_batches(world):
    node = Node(world)
    receipts = [f'{{ "n":  {number}}}'.encode() for number in range(300)]
    results = client_of(node).deliver_receipts(receipts)
    assert [result.digest for result in results] == [digest(receipt.decode()) for receipt in receipts]
    assert len(node.posted) > 1
    assert all(path == "/exchange/v1/receipts" for path, _ in node.posted)
    assert client_of(node).deliver_receipts([]) == ()


def test_too_many_receipts_at_once_are_refused():
    with pytest.raises(InputError, match="at most"):
        read_receipts(receipts_body([b"1"] * (MAX_RECEIPTS + 1)))


def test_a_countersigned_checkpoint_travels_as_a_note(world):
    node = Node(world)
    note = sign_checkpoint(Checkpoint("log", 1, bytes(32)), world.alpha.node)
    client_of(node).send_cosignature(note)
    assert node.posted == [("/exchange/v1/cosignature", note.encode())]


def test_an_answer_to_receipts_that_cannot_be_read_is_an_exchange_error():
    client = client_of(lambda _: httpx.Response(200, json={"results": [{"digest": 1}]}))
    with pytest.raises(ExchangeError):
        client.deliver_receipts([b"{}"])

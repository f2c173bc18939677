import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from fourfold.canon import digest, digest_bytes, new_salt
from fourfold.errors import InputError
from fourfold.exchange.evidence import (
    AgreementEvidence,
    LogEvidence,
    LogProofEvidence,
    ObjectEvidence,
    Outcome,
    ReceiptEvidence,
    outcome,
    read_evidence,
    verify_evidence,
    write_evidence,
)
from fourfold.exchange.receipts import Outcome as Answer
from fourfold.exchange.receipts import Receipt, sign_receipt
from fourfold.exchange.stix import sign_release
from fourfold.log import (
    Checkpoint,
    Epoch,
    Frontier,
    LoggedProof,
    Stored,
    append,
    cosign,
    leaf_hash,
    log_name,
    open_epoch,
    prove_inclusion,
    sign_checkpoint,
)
from fourfold.records.encoding import to_base64
from fourfold.records.signing import Purpose, Signer, fingerprint


@dataclass(frozen=True)
class Case:
    """One release with all the evidence that Alpha and Beta have of it."""

    world: Any
    items: dict[str, Any]

    def files(self, **changes):
        items = {name: changes.get(name, item) for name, item in self.items.items()}
        return {f"{name}.json": write_evidence(item) for name, item in items.items() if item}

    def changed(self, name, **changes):
        return self.files(**{name: self.items[name].model_copy(update=changes)})


@pytest.fixture(scope="module")
def case(world):
    agreement = world.agreement()
    release = world.release(agreement=agreement.digest())
    wire = sign_release(release, world.alpha.node)
    receipt = Receipt(
        owner=world.alpha.id,
        recipient=world.beta.id,
        object=release.id,
        version=1,
        digest=digest_bytes(wire),
        outcome=Answer.STORED,
        at=world.now,
    )
    salts = [new_salt() for _ in range(6)] + [release.salt]
    digests = [digest(number) for number in range(6)] + [digest_bytes(wire)]
    leaves = [leaf_hash(salt, each, Purpose.RELEASE) for salt, each in zip(salts, digests, strict=True)]
    origin = f"{log_name(world.alpha.id, world.beta.id)}/1"
    frontier, _ = append(Frontier(), leaves)
    checkpoint = Checkpoint(origin, 7, frontier.root())
    note = sign_checkpoint(checkpoint, world.alpha.node).with_signature(
        cosign(checkpoint, world.beta.id, world.beta.node, world.now)
    )
    proof = LoggedProof(6, prove_inclusion(Stored.of(leaves), 6, 7), note)
    text = agreement.signed_bytes()
    return Case(
        world,
        {
            "object": ObjectEvidence(object=wire.decode(), delegation=world.alpha.delegation),
            "agreement": AgreementEvidence(
                text=text.decode(),
                signatures=[
                    one.institution.sign(Purpose.AGREEMENT, text) for one in (world.alpha, world.beta)
                ],
            ),
            "receipt": ReceiptEvidence(
                receipt=sign_receipt(receipt, world.beta.node).wire.decode(), delegation=world.beta.delegation
            ),
            "log": LogEvidence(
                origin=origin,
                note=note.encode().decode(),
                keeper=world.alpha.delegation,
                reader=world.beta.delegation,
                leaves=[to_base64(leaf) for leaf in leaves],
            ),
            "proof": LogProofEvidence(
                digest=digest_bytes(wire),
                salt=release.salt,
                origin=origin,
                proof=proof.encode().decode(),
                keeper=world.alpha.delegation,
                reader=world.beta.delegation,
            ),
        },
    )


def failed(files, anchors=frozenset()):
    return {
        (check.file.removesuffix(".json"), check.name)
        for check in verify_evidence(files, anchors)
        if check.outcome is Outcome.FAILS
    }


def anchors_of(*institutions):
    return frozenset(fingerprint(each.institution.key) for each in institutions)


def test_all_evidence_of_a_release_holds_together(case):
    checks = verify_evidence(case.files(), anchors_of(case.world.alpha, case.world.beta))
    assert {check.outcome for check in checks} == {Outcome.HOLDS}
    assert outcome(checks) is Outcome.HOLDS
    names = {(check.file, check.name) for check in checks}
    assert {
        ("object.json", "signature"),
        ("object.json", "terms kept"),
        ("agreement.json", "signature of Alpha"),
        ("agreement.json", "signature of Beta"),
        ("receipt.json", "signature"),
        ("receipt.json", "object"),
        ("log.json", "leaves"),
        ("log.json", "countersignature"),
        ("proof.json", "inclusion"),
        ("proof.json", "object"),
    } <= names


def test_a_piece_alone_leaves_open_what_it_cannot_show(case):
    for name in case.items:
        checks = verify_evidence(case.files(**{other: None for other in case.items if other != name}))
        assert outcome(checks) is Outcome.HOLDS
        assert (Outcome.OPEN in {check.outcome for check in checks}) == (name != "agreement")


def test_evidence_reads_back_as_it_was_written(case):
    for file, data in case.files().items():
        assert write_evidence(read_evidence(data, file)) == data


def test_a_stranger_with_proper_signatures_is_not_trusted(case):
    found = failed(case.files(), anchors_of(case.world.gamma))
    assert {name for _, name in found} == {
        "owner's identity",
        "recipient's identity",
        "keeper's identity",
        "reader's identity",
    }


def edited(text, old, new):
    assert old in text
    return text.replace(old, new)


def test_every_edit_is_found(case):
    items, world = case.items, case.world
    wrong_key = world.alpha.delegated(Signer.generate())
    assert ("object", "signature") in failed(
        case.changed("object", object=edited(items["object"].object, "A car", "A cat"))
    )
    assert ("object", "signature") in failed(case.changed("object", delegation=wrong_key))
    assert ("receipt", "signature") in failed(
        case.changed("receipt", receipt=edited(items["receipt"].receipt, '"version":1', '"version":2'))
    )
    assert ("receipt", "form") in failed(case.changed("receipt", receipt=items["receipt"].receipt + " "))
    assert ("log", "checkpoint") in failed(
        case.changed("log", note=edited(items["log"].note, "\n7\n", "\n8\n"))
    )
    assert ("log", "leaves") in failed(case.changed("log", leaves=items["log"].leaves[:-1]))
    assert ("log", "leaves") in failed(case.changed("log", leaves=items["log"].leaves[::-1]))
    assert ("log", "leaves") in failed(case.changed("log", leaves=("AAAA",)))
    assert ("log", "checkpoint") in failed(case.changed("log", keeper=wrong_key))
    assert ("log", "countersignature") in failed(
        case.changed("log", reader=world.beta.delegated(Signer.generate()))
    )
    assert ("proof", "inclusion") in failed(case.changed("proof", salt=new_salt()))
    assert ("proof", "inclusion") in failed(case.changed("proof", digest=digest("another")))
    assert ("proof", "form") in failed(case.changed("proof", proof="no proof"))
    assert ("agreement", "text") in failed(case.changed("agreement", text="{}"))
    text = edited(items["agreement"].text, "Incident reporting", "Incident_reporting")
    assert {("agreement", "signature of Alpha"), ("agreement", "signature of Beta")} <= failed(
        case.changed("agreement", text=text)
    )
    assert ("agreement", "signature of Beta") in failed(
        case.changed("agreement", signatures=items["agreement"].signatures[:1])
    )
    stranger = world.gamma.institution.sign(Purpose.AGREEMENT, items["agreement"].text.encode())
    signatures = (*items["agreement"].signatures, stranger)
    assert ("agreement", "signatures") in failed(case.changed("agreement", signatures=signatures))


def test_a_key_that_was_not_delegated_then_is_found(case):
    late = case.world.alpha.delegation
    delegation = late.delegation.model_copy(update={"valid_from": case.world.now + timedelta(days=1)})
    signature = case.world.alpha.institution.sign(Purpose.DELEGATION, delegation.signed_bytes())
    signed = late.model_copy(update={"delegation": delegation, "signature": signature})
    assert ("object", "owner's key in time") in failed(case.changed("object", delegation=signed))
    forged = late.model_copy(update={"delegation": delegation})
    assert ("object", "owner's key") in failed(case.changed("object", delegation=forged))


def test_another_owner_than_the_one_who_signed_is_found(case):
    wire = sign_release(case.world.release(owner=case.world.gamma.id), case.world.alpha.node)
    assert ("object", "owner") in failed(case.changed("object", object=wire.decode()))


def test_what_the_agreement_does_not_let_pass_is_found(case):
    release = case.world.release(fields={"notes": "secret"}, agreement=case.world.agreement().digest())
    wire = sign_release(release, case.world.alpha.node)
    assert ("object", "terms kept") in failed(case.changed("object", object=wire.decode()))


def test_a_log_of_somebody_else_is_no_evidence(case):
    for origin in (f"{log_name(case.world.alpha.id, case.world.gamma.id)}/1", "log", ""):
        assert ("log", "log") in failed(case.changed("log", origin=origin))


def test_a_later_epoch_needs_its_statement(case):
    world, items = case.world, case.items
    name = log_name(world.alpha.id, world.beta.id)
    leaves = items["log"].leaves
    checkpoint = Checkpoint(f"{name}/2", 0, Frontier().root())
    note = sign_checkpoint(checkpoint, world.alpha.node).with_signature(
        cosign(checkpoint, world.beta.id, world.beta.node, world.now)
    )
    epoch = Epoch(log=name, number=2, previous=items["log"].note, opened=world.now)
    changes = {"origin": f"{name}/2", "note": note.encode().decode(), "leaves": ()}
    assert leaves
    assert ("log", "log") in failed(case.changed("log", **changes))
    signed = open_epoch(epoch, world.alpha.node)
    assert failed(case.changed("log", **changes, epoch=signed)) == set()
    forged = open_epoch(epoch, world.beta.node)
    assert ("log", "log") in failed(case.changed("log", **changes, epoch=forged))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b'{"type":"fourfold-object"}',
        b'{"type":"x"}',
        b'{"type":["fourfold-object"]}',
        b"\xff",
        b'{"type":1',
    ],
)
def test_what_is_no_evidence_is_refused_with_the_files_name(data):
    with pytest.raises(InputError) as caught:
        verify_evidence({"a.json": data, "b.json": data})
    assert {fault.file for fault in caught.value.faults} == {"a.json", "b.json"}


@pytest.mark.parametrize("name", ["object", "agreement", "receipt", "log", "proof"])
@pytest.mark.parametrize("flipped", [1, 2, 32])
def test_no_changed_byte_of_a_file_goes_unnoticed(case, name, flipped):
    """Whitespace between the members of the file is no evidence: there the evidence reads as before."""
    data, before = case.files()[f"{name}.json"], case.items[name]
    for place in range(flipped, len(data), 19):
        changed = data[:place] + bytes([data[place] ^ flipped]) + data[place + 1 :]
        try:
            found = outcome(verify_evidence({f"{name}.json": changed}))
        except InputError:
            continue
        assert found is Outcome.FAILS or read_evidence(changed) == before, (place, changed[place - 9 :][:18])


STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z")


@pytest.mark.parametrize("name", ["object", "agreement", "receipt", "log", "proof"])
@pytest.mark.parametrize("moment", [b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59"])
def test_f2_a_moment_that_no_calendar_has_makes_no_check_fail_otherwise(case, name, moment):
    data = case.files()[f"{name}.json"]
    places = [found.span() for found in STAMP.finditer(data)]
    assert places
    for start, end in places:
        changed = {f"{name}.json": data[:start] + moment + data[end:]}
        try:
            assert outcome(verify_evidence(changed)) is not Outcome.HOLDS
        except InputError:
            continue

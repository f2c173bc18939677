"""The key ceremonies of docs/how-to/keys.md, on two nodes that really serve: what was signed stays valid."""

from pathlib import Path
from typing import Any

import pytest

from fourfold.planning import example_plan

ACTIVITY = "incident_reporting"

pytestmark = pytest.mark.slow


def agreed(hands: Any) -> None:
    """Both have assessed and agreed, so that something can be told."""
    a, b = hands.a, hands.b
    for hand, party in ((a, "AISI"), (b, "AIO")):
        (hand.folder / "plan.yaml").write_text(example_plan())
        hand.run("assessment", "load", "plan.yaml", "--party", party)
    hands.both("assessment", "seal", ACTIVITY)
    hands.both("sync")
    hands.both("assessment", "reveal", ACTIVITY)
    hands.both("sync")
    slices = ("--id", "incidents reported at home=public-incidents")
    a.run("agreement", "draft", ACTIVITY, "--title", "Incidents", *slices, "--out", "draft.yaml")
    digest = a.run("agreement", "propose", "draft.yaml", "--format", "json")["digest"]
    b.run("sync")
    b.run("agreement", "sign", digest[:20])
    a.run("sync")


def tell(sender: Any, reader: Any) -> dict[str, Any]:
    """One tells the other of an incident."""
    record = sender.run("record", "add", "incident.yaml", "--format", "json")["id"]
    made = sender.run("release", "make", record, "--format", "json")
    (done,) = reader.run("sync", "--format", "json")
    assert (done["stored"], done["refused"], done["problem"]) == (1, 0, ""), done
    return made


def keys_of(hand: Any, name: str, sort: str) -> dict[str, str]:
    rows = hand.run("key", "show", "--format", "json")
    return {
        row["fingerprint"]: row["state"] for row in rows if (row["institution"], row["key"]) == (name, sort)
    }


def accepted(hand: Any, fingerprint: str, *file: str) -> None:
    """Two people compare the fingerprint, one after the other; one person alone is not enough."""
    words = ("key", "accept", *file, "--fingerprint", fingerprint, "--as")
    assert "1 more person" in hand.run(*words, "alice")
    assert "1 more person" in hand.run(*words, "Alice ")
    assert "is accepted" in hand.run(*words, "bob")


def verified(hand: Any, tmp_path: Path, name: str, *trusted: str) -> dict[str, int]:
    """What `fourfold verify` says, with no node, of the evidence that a side exports."""
    folder = tmp_path / name
    hand.run("evidence", "export", str(folder))
    files = [str(file) for file in sorted(folder.iterdir())]
    trust = [word for each in trusted for word in ("--trust", each)]
    rows = hand.run("verify", *files, *trust, "--format", "json")
    return {outcome: sum(row["outcome"] == outcome for row in rows) for outcome in ("holds", "fails", "open")}


def test_keys_are_renewed_succeeded_and_lost_and_what_was_signed_before_stays_valid(
    hands: Any, tmp_path: Path
) -> None:
    hands.begin()
    hands.join()
    agreed(hands)
    a, b = hands.a, hands.b
    tell(a, b)
    renew_both(hands)
    tell(a, b)
    tell(b, a)
    fingerprint = succeed(hands)
    tell(a, b)
    sound(hands, tmp_path, "after-succession", hands.fingerprints[0], hands.fingerprints[1])
    sound(hands, tmp_path, "by-the-new-key", fingerprint, hands.fingerprints[1])
    lose(hands)


def renew_both(hands: Any) -> None:
    """Both renew at once: neither knows the other's new key, and both find each other again."""
    before = keys_of(hands.b, "Institute A", "node")
    hands.both("key", "renew")
    hands.both("sync")
    hands.both("sync")
    after = keys_of(hands.b, "Institute A", "node")
    assert [after[key] for key in before] == ["renewed"]
    assert sorted(after.values()) == ["acts", "renewed"]


def succeed(hands: Any) -> str:
    a, b = hands.a, hands.b
    made = a.run("key", "succeed", "--format", "json")
    b.run("sync")
    assert "waits for two people" in " ".join(b.run("node", "check", status=1).split())
    refused = b.run("key", "accept", "--fingerprint", made["old"], "--as", "alice", status=1)
    assert "another fingerprint" in " ".join(refused.split())
    accepted(b, made["new"])
    assert keys_of(b, "Institute A", "institution") == {made["old"]: "succeeded", made["new"]: "speaks"}
    hands.both("sync")
    b.run("node", "check")
    return made["new"]


def sound(hands: Any, tmp_path: Path, name: str, *trusted: str) -> None:
    for hand, side in ((hands.a, "a"), (hands.b, "b")):
        hand.run("log", "check")
        found = verified(hand, tmp_path, f"{name}-{side}", *trusted)
        assert found["fails"] == 0
        assert found["holds"] > 50


def lose(hands: Any) -> None:
    """The institution key is gone: nothing goes on silently, and everything can begin anew."""
    a, b = hands.a, hands.b
    assert "still here" in a.run("key", "replace", "--out", "new-key.json", status=1)
    (a.folder / "node" / "keys" / "institution.pem").unlink()
    a.run("key", "replace", "--out", "new-key.json")
    (fingerprint,) = [
        key for key, state in keys_of(a, "Institute A", "institution").items() if state == "speaks"
    ]
    assert {each["state"] for each in a.run("agreement", "list", "--format", "json")} == {"ended"}
    accepted(b, fingerprint, str(a.folder / "new-key.json"))
    assert {each["state"] for each in b.run("agreement", "list", "--format", "json")} == {"ended"}
    record = a.run("record", "add", "incident.yaml", "--format", "json")["id"]
    a.run("release", "make", record, status=1)
    hands.fingerprints = [fingerprint, hands.fingerprints[1]]
    hands.join()
    states = [each["state"] for each in b.run("agreement", "list", "--format", "json")]
    assert states.count("in-force") == 1

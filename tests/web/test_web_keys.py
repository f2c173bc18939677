"""Keys by page: ours, theirs, their states; a new institution key of a counterpart needs two people."""

from typing import Any

from fourfold.canon import canonical_bytes
from fourfold.node import clock, keyrings, models
from fourfold.node.actions.accept_institution_key import accept_institution_key
from fourfold.node.queries import keys as key_rows
from fourfold.node.queries import peers as peer_rows
from fourfold.node.roles import Role
from fourfold.records.signing import Purpose, fingerprint


def of(scene: Any, what: str) -> str:
    return f"/keys/{scene.other.id}/{what}/"


def test_all_keys_stand_with_what_people_compare_and_the_command_that_changes_ours(
    scene: Any, read: Any
) -> None:
    page = read("/keys/").words
    for signer in (scene.me.institution, scene.me.node, scene.other.institution, scene.other.node):
        assert fingerprint(signer.key) in page
    assert "fourfold key renew" in page
    assert "Compare the fingerprint" not in page


def test_the_fingerprint_of_a_key_that_waits_is_not_there_to_be_copied(scene: Any, signed_in: Any) -> None:
    fresh = fingerprint(scene.succeed().key)
    bea = signed_in("bea", Role.OFFICER)
    for path in ("/keys/", of(scene, "confirm")):
        page = bea.get(path).content.decode()
        assert fresh not in page
    assert "Compare the fingerprint" in bea.get("/keys/").content.decode()


def test_two_officers_each_type_what_they_were_told(scene: Any, signed_in: Any) -> None:
    fresh = scene.succeed()
    told, one, two = fingerprint(fresh.key), signed_in("one", Role.OFFICER), signed_in("two", Role.OFFICER)
    page = one.post(of(scene, "confirm"), {"fingerprint": "0000 1111"}).content.decode()
    assert 'aria-invalid="true"' in page
    assert 'value="0000 1111"' in page
    assert "Type the fingerprint" in one.post(of(scene, "confirm")).content.decode()
    assert models.KeyConfirmation.objects.count() == 0
    page = one.post(of(scene, "confirm"), {"fingerprint": told}, follow=True).content.decode()
    assert "1 more person must compare" in page
    assert "You have; somebody else" in page
    one.post(of(scene, "confirm"), {"fingerprint": told})
    scene.peer.refresh_from_db()
    assert scene.peer.institution_key == scene.other.institution.key
    page = two.post(of(scene, "confirm"), {"fingerprint": told}, follow=True).content.decode()
    assert "is accepted" in page
    assert told in page
    assert "succeeded by another" in page
    scene.peer.refresh_from_db()
    assert scene.peer.institution_key == fresh.key
    again = two.post(of(scene, "confirm"), {"fingerprint": told}, follow=True).content.decode()
    assert "no new key of EU AI Office waits" in again


def test_one_doubt_is_enough(scene: Any, signed_in: Any) -> None:
    told, bea = fingerprint(scene.succeed().key), signed_in("bea", Role.OFFICER)
    accept_institution_key(scene.peer, told, "carl")
    assert "Refused." in bea.post(of(scene, "refuse"), follow=True).content.decode()
    assert "Compare the fingerprint" not in bea.get("/keys/").content.decode()
    scene.peer.refresh_from_db()
    assert scene.peer.institution_key == scene.other.institution.key


def test_an_operator_sees_keys_and_decides_nothing(scene: Any, signed_in: Any) -> None:
    scene.succeed()
    opa = signed_in("opa", Role.OPERATOR)
    page = opa.get("/keys/").content.decode()
    assert "People with the role officer do that" in page
    assert "Refuse the new key" not in page
    for what in ("confirm", "refuse"):
        assert opa.post(of(scene, what), {"fingerprint": "x"}).status_code == 403


def test_a_counterpart_that_there_is_not_has_no_keys(scene: Any, signed_in: Any) -> None:
    client = scene.client()
    bea = signed_in("bea", Role.OFFICER)
    for each in ("identity--nobody", client.peer_id):
        assert bea.get(f"/keys/{each}/confirm/").status_code == 404
        assert bea.post(f"/keys/{each}/refuse/").status_code == 404


def test_f10_what_0_3_0_took_for_a_key_and_is_none_breaks_no_list(scene: Any, read: Any) -> None:
    """Its institution key delegated the node key `garbage`, and its row showed that as the present one."""
    given = scene.peer.signed_delegation.delegation.model_dump(mode="json") | {"node_key": "garbage"}
    signature = scene.other.institution.sign(Purpose.DELEGATION, canonical_bytes(given))
    body = canonical_bytes({"delegation": given, "signature": signature.model_dump(mode="json")})
    now, peer = clock.now(), scene.peer
    before = keyrings.keep_delegation(peer.signed_delegation, now)
    kept = {"institution": peer.pk, "kind": "delegation", "received": now, "accepted": now}
    models.KeyStatement.objects.create(key="garbage", body=body, digest="sha256:" + 64 * "0", **kept)
    models.Peer.objects.filter(pk=peer.pk).update(node_key="garbage", delegation=body)
    assert "unreadable key" in read("/keys/").words
    assert fingerprint(scene.other.node.key) in read("/keys/").words
    assert "unreadable key" in {row["fingerprint"] for row in key_rows.listed()}
    assert "unreadable key" in {row["node_fingerprint"] for row in peer_rows.listed()}
    peer.refresh_from_db()
    assert before.key in keyrings.ring_of(peer).ever()
    assert "garbage" not in keyrings.ring_of(peer).ever()

"""The inbox is searched by what its reader may see: titles of what is held, and by nothing else."""

from typing import Any

from fourfold.records.signing import Signer


def test_titles_of_what_is_held_are_found_whatever_their_case(scene: Any, read: Any) -> None:
    scene.receive(scene.sent("A tram ran backwards"))
    scene.receive(scene.sent("A drone fell"))
    page = read("/inbox/?words=TRAM+backwards").words
    assert "A tram ran backwards" in page
    assert "A drone fell" not in page
    assert "Nothing is found" in read("/inbox/?words=submarine").words


def test_words_of_the_signed_bytes_that_are_no_title_find_nothing(scene: Any, read: Any) -> None:
    given = scene.sent("A tram ran backwards")
    scene.receive(given)
    for word in ("extension-definition", "public-incidents", given.salt[:20], "Told+by"):
        assert "Nothing is found" in read(f"/inbox/?words={word}").words


def test_what_was_not_accepted_is_found_by_its_id_alone(scene: Any, read: Any) -> None:
    given = scene.sent("Forged")
    scene.receive(given, Signer.generate())
    assert "Nothing is found" in read("/inbox/?state=quarantined&words=Forged").words
    assert given.id in read(f"/inbox/?state=quarantined&words={given.id}").words


def test_one_counterpart_alone_and_pages_that_keep_the_search(scene: Any, read: Any) -> None:
    for number in range(27):
        scene.receive(scene.sent(f"Tram {number:02}"))
    scene.receive(scene.sent("Drone"))
    page = read(f"/inbox/?words=tram&from={scene.peer.pk}")
    assert "Page 1 of 2" in page.words
    (after,) = [each.attributes["href"] for each in page.find("a") if each.attributes.get("rel") == "next"]
    assert "words=tram" in after
    assert "Drone" not in read(after).words
    assert "Nothing is found" in read("/inbox/?from=identity--nobody").words

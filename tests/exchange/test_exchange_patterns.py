"""What an entrance takes, held against the standard's own schema or grammar: ours is never narrower."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import stix2validator
from hypothesis import given
from hypothesis import strategies as st

from fourfold.activities.incident_reporting.records import RegisterId
from fourfold.errors import InputError
from fourfold.exchange.foreign import read_foreign
from fourfold.exchange.stix import read_time
from fourfold.exchange.stix.ids import TLP_MARKINGS, plain_id
from fourfold.exchange.submitting import Status
from fourfold.records.attachments import Attachment
from fourfold.records.markings import Tlp

COMMON = Path(stix2validator.__file__).parent / "schemas-2.1" / "schemas" / "common"
GREEN = TLP_MARKINGS[Tlp.GREEN]


def pattern_of(name: str) -> str:
    """The pattern of the standards body's own JSON Schema (OASIS, cti-stix2-json-schemas)."""
    return json.loads((COMMON / f"{name}.json").read_text())["pattern"]


def is_a_day(stamp: str) -> bool:
    """The schema takes 30 February and the year 0, which are no days."""
    try:
        datetime.fromisoformat(stamp[:10])
    except ValueError:
        return False
    return True


def sent(**changes: object) -> bytes:
    value = {
        "type": "incident",
        "spec_version": "2.1",
        "id": "incident--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "object_marking_refs": [GREEN],
    }
    return json.dumps({**value, **changes}).encode()


@given(st.from_regex(pattern_of("timestamp"), fullmatch=True).filter(lambda text: len(text) < 100))
def test_every_time_of_the_schema_is_read(stamp: str) -> None:
    if not is_a_day(stamp):
        with pytest.raises(InputError):
            read_time(stamp)
        return
    found = read_time(stamp)
    assert found.isoformat()[:16] == stamp[:16]
    assert read_foreign(sent(created=stamp, modified=stamp)).faults == ()


@given(st.from_regex(pattern_of("identifier"), fullmatch=True).filter(lambda text: len(text) < 280))
def test_every_identifier_of_the_schema_is_taken_and_known_in_either_case(ref: str) -> None:
    kind = ref[: -len("--") - 36]
    upper = f"{kind}--{ref[-36:].upper()}"
    for each in (ref, upper):
        found = read_foreign(sent(type=kind, id=each))
        assert (found.id, found.ref, found.faults) == (each, plain_id(ref.lower()), ())


@pytest.mark.parametrize(
    ("stamp", "read"),
    [
        ("2026-11-01T09:00:00.0123456789Z", datetime(2026, 11, 1, 9, 0, 0, 12345, tzinfo=UTC)),
        ("2026-11-01t09:00:00z", datetime(2026, 11, 1, 9, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2016-12-31T23:59:60.5Z", datetime(2016, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_rfc_3339_allows_more_than_we_write(stamp: str, read: datetime) -> None:
    assert read_time(stamp) == read


@pytest.mark.parametrize(
    "stamp",
    ["2026-11-01T09:00:61Z", "2026-11-01T09:00:00+01:00", "٢٠٢٦-11-01T09:00:00Z", "2026-11-01T09:00:00.Z"],
)
def test_what_is_no_time_in_utc_stays_refused(stamp: str) -> None:
    with pytest.raises(InputError):
        read_time(stamp)


def test_the_reported_object_with_an_upper_case_uuid_is_taken(shared_data: Path) -> None:
    (value,) = json.loads((shared_data / "inputs" / "stix_uuid_upper_case.json").read_bytes())
    found = read_foreign(json.dumps(value).encode())
    assert found.faults == ()
    assert found.ref == "incident--7c1f2b1e-9f61-4c8f-8a44-5f2f6d0b7a02"


def test_a_marking_is_known_whatever_the_case_of_its_uuid() -> None:
    found = read_foreign(sent(object_marking_refs=["marking-definition--" + GREEN[-36:].upper()]))
    assert (found.marking.tlp, found.notes) == (Tlp.GREEN, ())


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+"), min_size=1, max_size=60))
def test_a_media_type_is_any_of_rfc_6838(name: str) -> None:
    Attachment(name="a", media_type=f"{name}/{name}", size=0, digest="sha256:" + 64 * "0")


def test_the_scheme_of_an_address_is_read_in_either_case() -> None:
    """RFC 3986, section 3.1."""
    assert RegisterId(scheme="A", id="1", url="HTTPS://register.example/1").url


def test_a_status_may_be_named_by_any_text() -> None:
    """TAXII 2.1, section 4.3.1: its id is a string."""
    counts = {f"{name}_count": 0 for name in ("total", "success", "failure", "pending")}
    assert Status(id="status/7 of today", status="complete", **counts)
    assert re.fullmatch(pattern_of("identifier"), GREEN)

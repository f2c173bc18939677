"""Health, metrics and logs: what an operator sees, and what nobody sees there."""

import json
import logging
from typing import Any

import pytest
from django.test import Client

from fourfold.errors import ExchangeError
from fourfold.node.actions.release_record import release_record
from fourfold.node.home import Config
from fourfold.node.operating.logs import JsonFormatter, TextFormatter
from fourfold.node.operating.metrics import exposition

CANARY = "canary-7f3a"


@pytest.fixture
def closed(me: Any, settings: Any) -> Client:
    """Somebody who asks a real node, which shows its pages to nobody unknown."""
    settings.NODE = Config(id=me.id, name=me.name, url="http://node.example/", log_requests=True)
    return Client()


def raised(text: str) -> logging.LogRecord:
    try:
        int(text)
    except ValueError as error:
        given = (type(error), error, error.__traceback__)
        return logging.LogRecord("fourfold.node", logging.ERROR, "f", 1, "It failed.", (), given)


def test_health_tells_that_it_answers_and_no_more(closed: Client) -> None:
    for path in ("/health/live", "/health/ready"):
        answer = closed.get(path)
        assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_a_node_whose_key_does_not_open_is_not_ready_and_does_not_say_why(
    closed: Client, settings: Any, tmp_path: Any
) -> None:
    settings.HOME = type(settings.HOME)(tmp_path)
    answer = closed.get("/health/ready")
    assert (answer.status_code, answer.content) == (503, b"not ready\n")
    assert closed.get("/health/live").status_code == 200


def test_metrics_are_for_the_holder_of_the_token(closed: Client, settings: Any) -> None:
    token = settings.HOME.metrics_token()
    assert settings.HOME.metrics_file.stat().st_mode & 0o777 == 0o600
    for given in ({}, {"authorization": "Bearer wrong"}, {"authorization": token}):
        assert closed.get("/metrics", headers=given).status_code == 401
    answer = closed.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert b"fourfold_delegation_ends_timestamp_seconds" in answer.content


def test_metrics_count_by_counterpart_and_state_and_name_nothing_that_is_kept(
    other: Any, agreed: Any, incident: Any
) -> None:
    del agreed  # asked for, so that something may pass
    version = incident(payload={"title": CANARY, "description": CANARY})
    made = release_record(version.record, other.peer, "analyst")
    told = exposition().decode()
    assert 'fourfold_releases{peer="Other",state="shared"} 1.0' in told
    assert 'fourfold_log_entries{peer="Other"} 1.0' in told
    assert 'fourfold_collection_failing{peer="Other"} 0.0' in told
    for kept in (CANARY, version.record, made.release_id, made.stix_id):
        assert kept not in told


def test_requests_are_measured_and_noted_by_route_never_by_address(
    closed: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "fourfold.requests"):
        logging.getLogger("fourfold").propagate = True
        closed.get(f"/records/{CANARY}/?q={CANARY}")
        closed.get(f"/no-such-page/{CANARY}")
    lines = [json.loads(JsonFormatter().format(each)) for each in caplog.records if each.msg == "request"]
    assert [(line["route"], line["status"]) for line in lines] == [
        ("records/<str:record_id>/", 302),
        ("none", 404),
    ]
    told = exposition().decode()
    assert 'route="records/<str:record_id>/"' in told
    assert CANARY not in told + json.dumps(lines)


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_what_an_exception_says_is_not_written_but_its_type_and_place_are(formatter: Any) -> None:
    line = formatter.format(raised(f"the note is {CANARY}"))
    assert CANARY not in line
    assert "ValueError" in line
    assert "test_node_operating.py" in line
    assert "\n" not in line


def test_the_values_of_other_code_are_not_written() -> None:
    record = logging.LogRecord("django.request", logging.ERROR, "f", 1, "Failed: %s", (f"/x/{CANARY}",), None)
    line = json.loads(JsonFormatter().format(record))
    assert line["event"] == "Failed: …"
    assert CANARY not in json.dumps(line)


def test_the_host_that_a_stranger_names_is_in_no_log(
    closed: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ALLOWED_HOSTS = ["node.example"]
    assert closed.get("/", headers={"host": f"{CANARY}.example"}).status_code == 400
    lines = [style.format(each) for style in (TextFormatter(), JsonFormatter()) for each in caplog.records]
    assert any("DisallowedHost" in line for line in lines)
    assert not any(CANARY in line or "%s" in line for line in lines)


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("Forbidden (%s): %s", ("why", "/where/")),
        ("%(status)d for %(path)-10.3s", ({"status": 404, "path": "/where/"},)),
        ("Took %.2f of %5d, 0x%02x", (1.0, 2, 3)),
    ],
)
def test_a_line_of_other_code_has_no_hole_in_it(sentence: str, values: tuple[Any, ...]) -> None:
    record = logging.LogRecord("django.security", logging.WARNING, "f", 1, sentence, values, None)
    event = json.loads(JsonFormatter().format(record))["event"]
    assert "…" in event
    assert "%" not in event
    assert "where" not in event


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_the_class_of_what_stood_behind_an_error_is_told_too(formatter: Any) -> None:
    error = ExchangeError(CANARY)
    error.__cause__ = PermissionError(CANARY)
    given = (type(error), error, None)
    line = formatter.format(logging.LogRecord("fourfold", logging.ERROR, "f", 1, "Failed.", (), given))
    assert "ExchangeError of PermissionError" in line
    assert CANARY not in line

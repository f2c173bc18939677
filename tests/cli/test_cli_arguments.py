"""What every command refuses alike where arguments come in, in a sentence and never by a traceback."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourfold.cli.main import PARTS
from fourfold.cli.node_session import LONGEST_NAME, acting
from fourfold.errors import InputError

NO_TEXT = [os.fsdecode(b"b\xfcro.txt"), "a\x00b"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("given_", NO_TEXT)
def test_what_is_no_text_is_refused_before_any_command_begins(call, part, given_):
    result = call(part, "--as", given_, "anything")
    assert (result.status, result.out) == (2, "")
    assert "is no text." in result.err


def test_all_arguments_that_are_none_are_told_at_once(call):
    assert len(call("record", "attach", *NO_TEXT).faults) == len(NO_TEXT)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(min_size=1, max_size=20).filter(lambda data: b"\0" not in data))
def test_whatever_the_system_hands_over_is_told_and_no_traceback(call, data):
    assert call("plan", "check", "/absent/" + os.fsdecode(data)).status == 2


def test_a_file_name_that_the_system_cannot_have_is_told(call, tmp_path):
    result = call("node", "restore", "x" * 5_000, "--home", tmp_path)
    assert result.status == 2
    assert "too long" in result.err


def test_who_acts_has_a_name_that_is_kept_whole():
    assert acting("x" * LONGEST_NAME)
    with pytest.raises(InputError, match="at most 200 characters; this one has 201"):
        acting("x" * (LONGEST_NAME + 1))

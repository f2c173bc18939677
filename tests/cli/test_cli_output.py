"""Commands show what nobody would see, for people and for programs alike."""

import json

from fourfold.canon import visible
from fourfold.cli.output import Page, print_json

PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
TEXT = f"a\u202eb\x1b[2Jc\u200bd {PERSIAN} \U000e0041"


def test_json_for_programs_holds_the_data_and_shows_every_character(capsys):
    print_json({"title": TEXT, TEXT: [TEXT]})
    out = capsys.readouterr().out
    assert json.loads(out) == {"title": TEXT, TEXT: [TEXT]}
    assert visible(out) == out
    assert "\\u202e" in out
    assert "\\udb40\\udc41" in out


def test_lines_for_people_name_what_is_hidden(capsys):
    Page().line(TEXT)
    assert f"a[U+202E]b[U+001B][2Jc[U+200B]d {PERSIAN} [U+E0041]" in capsys.readouterr().out


def test_a_plan_whose_parties_were_typed_on_two_keyboards_checks_clean(call, tmp_path, shared_data):
    assert call("plan", "check", shared_data / "inputs" / "plan_nfd_party.yaml").status == 0
    twice = tmp_path / "plan.yaml"
    text = (shared_data / "inputs" / "plan_nfd_party.yaml").read_text("utf-8")
    twice.write_text(
        text.replace("  B: {name: Two}", "  Bu\u0308ro: {name: Two}\n  B\u00fcro: {name: Three}")
    )
    told = call("plan", "check", twice)
    assert told.status != 0
    assert "already given in line" in told.err

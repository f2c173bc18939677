"""The whole path between two institutions, as named steps; each can be repeated, and then changes nothing.

A step does something on the two nodes and then proves that it holds: it yields the lines of its proof, and
raises `NotHeldError` where something does not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from fourfold.demo.stage import Side, Stage
from fourfold.errors import FourfoldError, ProofError, RefusedError

RELEASED = "tempe"
"""The incident that is told abroad, with two fields withheld."""
WITHDRAWN = "citations"
"""The incident that is told, and then withdrawn."""
APART = "espionage"
"""The incident that is kept apart."""
RESTRICTED = "sourcecode"
"""The incident with company secrets, which fits no slice for telling."""
ABROAD = "benefits"
"""The incident that the counterpart tells in turn."""
WITHHELD_ANSWER = "conduct_evaluations.joint post-deployment tests.ready"
"""The answer that the second side does not reveal."""


class NotHeldError(FourfoldError):
    """A step of the path did not do what it must."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a name for programs, a title for people, and what it does."""

    name: str
    title: str
    run: Callable[[Stage], Iterator[str]]


def hold(true: bool, sentence: str) -> None:  # noqa: FBT001  the condition itself
    """Go on only if this is true."""
    if not true:
        raise NotHeldError(sentence)


def refused(side: Side, act: str, **arguments: Any) -> str:
    """What a node says when it refuses; that it does is the point."""
    try:
        side.do(act, **arguments)
    except (RefusedError, ProofError) as error:
        return str(error)
    raise NotHeldError(f"{side.name} did what it must refuse: {act}.")


def create(stage: Stage) -> Iterator[str]:
    """Each side makes its node: an institution key, a node key that it delegates to, a store."""
    ids = []
    for side in stage.sides:
        side.create()
        who = side.do("who")
        ids.append(who["id"])
        yield f"{side.name}: {who['id']}"
        yield f"  institution key {who['fingerprint']}, node key {who['node']}"
        modes = {file.name: file.stat().st_mode & 0o777 for file in (side.home / "keys").iterdir()}
        hold(set(modes.values()) == {0o600}, f"A key file of {side.name} can be read by others: {modes}")
    hold(ids[0] != ids[1], "Both nodes have the same id.")
    yield "Keys are encrypted, and only their owner may read them."


def start(stage: Stage) -> Iterator[str]:
    """Both servers run, each as a process of its own."""
    for side in stage.sides:
        side.start()
        yield f"{side.name}: process {side.pid} at {side.url}"


def join(stage: Stage) -> Iterator[str]:
    """An invitation, a fingerprint compared by two people, a reply; the founding agreement is in force."""
    host, guest = stage.home, stage.abroad
    invitation = host.do("invitation")
    shown, wrong = host.do("who")["fingerprint"], guest.do("who")["fingerprint"]
    said = refused(guest, "answer_invitation", file=invitation, fingerprint=wrong)
    yield f"Another fingerprint is refused: {said.partition(';')[0]}."
    reply = guest.do("answer_invitation", file=invitation, fingerprint=shown)
    host.do("accept", file=reply, fingerprint=guest.do("who")["fingerprint"])
    founding = _agreement(host, founding=True)
    hold(founding["state"] == "in-force", f"The founding agreement is {founding['state']} at {host.name}.")
    yield f"In force at {host.name}: {founding['digest']}, {founding['signatures']} signatures"


def found(stage: Stage) -> Iterator[str]:
    """The guest collects the countersigned founding agreement: in force on both sides."""
    stage.abroad.do("collect")
    stage.home.do("collect")
    here, there = _agreement(stage.home, founding=True), _agreement(stage.abroad, founding=True)
    hold(there["state"] == "in-force", f"The founding agreement is {there['state']} at {stage.abroad.name}.")
    hold(here["digest"] == there["digest"], "The two sides hold different founding agreements.")
    yield f"In force at {stage.abroad.name}: the same digest, {there['signatures']} signatures"


def load(stage: Stage) -> Iterator[str]:
    """Each side has its own answers, from the shipped example plan; one answer is not to be revealed."""
    counts = [stage.home.do("load", party=stage.home.party, withhold=[])]
    counts += [stage.abroad.do("load", party=stage.abroad.party, withhold=[WITHHELD_ANSWER])]
    hold(counts == [15, 15], f"Not all 15 activities were answered: {counts}.")
    yield "15 activities answered on each side"
    yield f"{stage.abroad.name} keeps one answer to itself: {WITHHELD_ANSWER}"


def seal(stage: Stage) -> Iterator[str]:
    """Both seal; nobody can reveal before the other has sealed."""
    ours = stage.home.do("seal")
    if not stage.home.do("joint"):
        said = _refused_or_done(stage.home, "reveal")
        yield f"Revealing too early is refused: {said}"
    theirs = stage.abroad.do("seal")
    for side in stage.sides:
        side.do("collect")
    hold(not set(ours.values()) & set(theirs.values()), "Two seals are the same.")
    activity = min(ours)
    yield f"14 seals each way; {activity}: {ours[activity][:23]}... and {theirs[activity][:23]}..."


def reveal(stage: Stage) -> Iterator[str]:
    """Both reveal; each checks the other's answers against the seal, and computes the same assessment."""
    for side in stage.sides:
        side.do("reveal")
    for side in (*stage.sides, *stage.sides):
        side.do("collect")
    here, there = stage.home.do("joint"), stage.abroad.do("joint")
    hold(len(here) == 14, f"Only {len(here)} activities are assessed jointly.")  # noqa: PLR2004  one is left open
    hold(here == there, "The two sides computed different assessments.")
    reporting = here["incident_reporting"]
    yield f"14 joint assessments, the same on both sides; incident_reporting {reporting['digest']}"
    yield from (f"  {name}: {level or 'nothing suggested'}" for name, level in reporting["slices"].items())


def agree(stage: Stage) -> Iterator[str]:
    """One side proposes what the assessment leads to, the other signs the same bytes: in force on both."""
    digest = stage.home.do("propose")
    before = _agreement(stage.home, founding=False)
    stage.abroad.do("collect")
    stage.abroad.do("sign", digest=digest)
    stage.home.do("collect")
    yield f"Proposed by {stage.home.name}: {digest}, then {before['signatures']} of 2 signatures"
    for side in stage.sides:
        found_ = _agreement(side, founding=False)
        hold(found_["digest"] == digest, f"{side.name} holds another text.")
        hold(found_["state"] == "in-force", f"The agreement is {found_['state']} at {side.name}.")
        yield f"In force at {side.name}, with {found_['signatures']} signatures"
    yield from (f"  slice {name}: {level}" for name, level in found_["slices"].items())


def bring_in(stage: Stage) -> Iterator[str]:
    """Real public incidents, described in our own words, on either side."""
    for side in stage.sides:
        records = side.do("load_incidents", holder=side.holder)
        yield f"{side.name}: {len(records)} incidents ({', '.join(sorted(records))})"


def preview(stage: Stage) -> Iterator[str]:
    """Before anything leaves: who would get what, row by row of the release table."""
    report = stage.home.do("preview", record=record_of(stage.home, RELEASED))
    hold(report["outcome"] in {"pass", "pass-redacted"}, f"The record would not pass: {report['outcome']}.")
    yield f"To {report['name']}: {report['outcome']}, slice {report['slice']}"
    for row in report["rows"]:
        yield f"  {row['number']:>2} {row['name']}: {'passes' if row['passes'] else 'withholds'}"
    withheld = [field for field in report["fields"] if not field["passes"]]
    hold(bool(withheld), "No field is withheld.")
    for field in withheld:
        reasons = "; ".join(finding["reason"] for finding in field["findings"])
        yield f"  withheld: {field['name']} ({reasons})"


def release(stage: Stage) -> Iterator[str]:
    """The incident is released with fields withheld; the counterpart releases one of its own."""
    for side, key in ((stage.home, RELEASED), (stage.home, WITHDRAWN), (stage.abroad, ABROAD)):
        made = side.do("release", record=record_of(side, key))
        again = side.do("release", record=record_of(side, key))
        hold(made == again, "Releasing twice made two releases.")
        yield f"{side.name}, {key}: {made['id']} {made['digest']}"
        yield f"  passed {len(made['passed'])} fields, withheld {', '.join(made['withheld']) or 'none'}"


def collect(stage: Stage) -> Iterator[str]:
    """Each collects over HTTP, verifies, stores as received, signs a receipt; nothing withheld arrives."""
    for side in (stage.abroad, stage.home, stage.abroad, stage.home):
        side.do("collect")
    for side, other, key in (
        (stage.home, stage.abroad, RELEASED),
        (stage.abroad, stage.home, ABROAD),
    ):
        sent = side.do("released", record=record_of(side, key))
        held = [item for item in other.do("received") if item["object"] == sent["id"]]
        hold(len(held) == 1 and held[0]["digest"] == sent["digest"], f"{key} did not arrive as it was sent.")
        hold(sent["receipts"] == ["stored"], f"The receipt for {key} is missing: {sent['receipts']}.")
        yield f"{other.name} holds {key} byte for byte as sent; its signed receipt is at {side.name}"
    yield from _canary(stage)


def _canary(stage: Stage) -> Iterator[str]:
    """What was withheld is on no disk of the counterpart; at home it is found, so the search works."""
    note = stage.home.do("record_text", record=record_of(stage.home, RELEASED), field="analyst_note")
    piece = note.split(". ")[1][:40].encode()
    here, there = files_with(stage.home, piece), files_with(stage.abroad, piece)
    hold(bool(here), "The search does not even find the note on its owner's disk.")
    hold(not there, f"The withheld note is on the counterpart's disk: {there}.")
    yield f"The withheld note is in {', '.join(here)} at {stage.home.name}, in no file at {stage.abroad.name}"


def stay_apart(stage: Stage) -> Iterator[str]:
    """What is at separation, or carries what no slice takes, never leaves; the attempt is noted."""
    for key in (APART, RESTRICTED):
        before = stage.home.do("counts")["ReleaseVersion"]
        said = refused(stage.home, "release", record=record_of(stage.home, key))
        hold(stage.home.do("counts")["ReleaseVersion"] == before, f"{key} was released all the same.")
        yield f"{key}: {said}"


def withdraw(stage: Stage) -> Iterator[str]:
    """A release is taken back: the counterpart destroys what it holds, and signs that it did."""
    record = record_of(stage.home, WITHDRAWN)
    piece = stage.home.do("record_text", record=record, field="description")[:40].encode()
    held = files_with(stage.abroad, piece)
    taken = stage.home.do("take_back", record=record, reason="released too early")
    state = stage.home.do("released", record=record)["state"]
    yield f"Before: on the counterpart's disk in {', '.join(held) or 'no file any more'}; then {state}"
    stage.abroad.do("collect")
    done = stage.home.do("released", record=record)
    hold(done["state"] == "withdrawal-confirmed", f"The withdrawal is {done['state']}.")
    tomb = [item for item in stage.abroad.do("received") if item["object"] == taken["id"]]
    hold(all(not item["held"] for item in tomb if not item["revoked"]), "The counterpart still holds it.")
    left = files_with(stage.abroad, piece)
    hold(not left, f"What was withdrawn is still on the counterpart's disk: {left}.")
    yield f"Confirmed by a signed receipt; {len(tomb)} tombstones, the text in no file at {stage.abroad.name}"


def coordinate(stage: Stage) -> Iterator[str]:
    """Definitions are mapped limb by limb: proposed, amended, accepted, committed to by a date, done."""
    home, abroad = stage.sides
    said = refused(home, "propose_mapping", slice_="public-incidents")
    hold("Row 3" in said, f"It was refused for another reason: {said}")
    yield "One level down, in the slice for telling, the proposal is refused: row 3"
    digest = home.do("propose_mapping", slice_="definitions")
    abroad.do("collect")
    second = abroad.do("amend_mapping", digest=digest)
    yield f"Proposed by {home.name}: {digest}; amended by {abroad.name}: text {second['round']}"
    for side, move in ((home, "accept"), *((side, "commit") for side in (abroad, home))):
        side.do("collect")
        side.do("say", digest=digest, move=move)
    for side in stage.sides:
        side.do("collect")
        side.do("say", digest=digest, move="finish")
    here, there = _alike(stage, digest, "done")
    hold(here["text"] == there["text"], "The two sides hold different texts.")
    yield from (f"  {row['relation']}: {row.get('note', '')}" for row in here["text"]["rows"])
    yield f"Accepted, committed to by {here['due']} and done on both sides, in {len(here['history'])} steps"


def collaborate(stage: Stage) -> Iterator[str]:
    """An entry of the common registry: both contribute, both sign the same bytes, and it is published."""
    home, abroad = stage.sides
    said = refused(home, "begin_entry", key=RELEASED, slice_="definitions")
    hold("Row 3" in said, f"It was refused for another reason: {said}")
    yield "One level down, at coordination, the joint record is refused: row 3"
    digest = home.do("begin_entry", key=RELEASED, slice_="registry")
    abroad.do("collect")
    abroad.do("contribute_entry", digest=digest)
    home.do("collect")
    first = home.do("sign_entry", digest=digest)
    yield f"Revision {first['revision']} signed by {', '.join(first['signed_by'])}: {first['content']}"
    abroad.do("collect")
    abroad.do("sign_entry", digest=digest)
    abroad.do("publish_entry", digest=digest)
    home.do("collect")
    here, there = _alike(stage, digest, "published")
    hold(here["signatures"] == there["signatures"], "The two sides hold different signatures.")
    hold(here["content"] == there["content"], "The two sides hold different bytes.")
    yield f"Published on both sides, the same bytes, signed by {' and '.join(here['signed_by'])}"
    yield f"  {len(here['entry']['severity'])} severities side by side; from {', '.join(here['originators'])}"


def _alike(stage: Stage, digest: str, state: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A course as both sides hold it, once each has collected; it must stand alike."""
    for side in (*stage.sides, stage.home):
        side.do("collect")
    here, there = (side.do("course_shown", digest=digest) for side in stage.sides)
    hold(here["state"] == there["state"] == state, f"It is {here['state']} here and {there['state']} there.")
    hold(not any(step["counts_not"] for step in here["history"]), "A step does not count.")
    return here, there


def evidence(stage: Stage) -> Iterator[str]:
    """Each side's log is countersigned by the other; both recompute to the same roots."""
    for side in (*stage.sides, *stage.sides):
        side.do("collect")
    logs = {side.holder: side.do("logs") for side in stage.sides}
    for side, other in ((stage.home, stage.abroad), (stage.abroad, stage.home)):
        kept = next(each for each in logs[side.holder] if each["ours"] and each["peer"])
        seen = next(each for each in logs[other.holder] if not each["ours"])
        hold(not kept["problem"] and not seen["problem"], f"{kept['problem']} {seen['problem']}")
        same = (kept["size"], kept["root"]) == (seen["size"], seen["root"])
        hold(same and kept["cosigned_size"] == kept["size"], "The two sides see different logs.")
        yield f"{side.name} for {other.name}: {kept['size']} entries, root {kept['root']}"
        yield f"  countersigned by {other.name} at {kept['cosigned_at']}"
    before = [side.do("counts") for side in stage.sides]
    for side in stage.sides:
        side.do("collect")
    hold(before == [side.do("counts") for side in stage.sides], "Collecting again changed something.")
    yield "Collecting once more changes nothing."


PATH: tuple[Step, ...] = (
    Step("create", "Two institutions make their nodes", create),
    Step("start", "Both nodes serve", start),
    Step("join", "They join: invitation, fingerprint, reply", join),
    Step("found", "The founding agreement is in force on both sides", found),
    Step("load", "Each side has its answers to the 15 activities", load),
    Step("seal", "Both seal their answers", seal),
    Step("reveal", "Both reveal, and assess jointly", reveal),
    Step("agree", "A draft is proposed and countersigned", agree),
    Step("bring_in", "Incidents are brought in", bring_in),
    Step("preview", "Who would get what, and why", preview),
    Step("release", "An incident is released, with fields withheld", release),
    Step("collect", "It is collected, verified, stored and receipted", collect),
    Step("stay_apart", "What is kept apart never leaves", stay_apart),
    Step("withdraw", "A release is withdrawn, and the withdrawal confirmed", withdraw),
    Step("coordinate", "Definitions are aligned: proposed, amended, accepted, done by a date", coordinate),
    Step("collaborate", "A registry entry is drafted together, signed by both, published", collaborate),
    Step("evidence", "The logs agree, and each is countersigned", evidence),
)
"""The path, in order."""


def files_with(side: Side, piece: bytes) -> list[str]:
    """The files in a node's home that hold these bytes, journal and log included; and tables, if any."""
    found_in = (file for file in side.home.rglob("*") if file.is_file() and piece in file.read_bytes())
    return sorted(str(file.relative_to(side.home)) for file in found_in) + _tables_with(side, piece)


def _tables_with(side: Side, piece: bytes) -> list[str]:
    """The tables that hold these bytes, where a side keeps its store in PostgreSQL."""
    if not side.database:
        return []
    import psycopg

    forms = (piece, piece.hex().encode())  # columns of bytes are given as digits
    with psycopg.connect(side.database) as connection, connection.cursor() as cursor:
        names = cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        ).fetchall()
        found = []
        for (name,) in sorted(names):
            with cursor.copy(f'COPY "{name}" TO STDOUT') as rows:
                content = b"".join(rows)
            found += [f"table {name}"] if any(form in content for form in forms) else []
    return found


def record_of(side: Side, key: str) -> str:
    """The record that a side keeps of one of the shipped incidents."""
    return side.do("load_incidents", holder=side.holder)[key]


def _agreement(side: Side, *, founding: bool) -> dict[str, Any]:
    matching = [each for each in side.do("agreements") if each["founding"] is founding]
    hold(bool(matching), f"{side.name} has no such agreement.")
    return matching[0]


def _refused_or_done(side: Side, act: str) -> str:
    """A refusal; or that it is done already, where the path is walked again."""
    try:
        side.do(act)
    except RefusedError as error:
        return str(error)
    return "(both have sealed already)"

"""The words that pages use for the closed enums of the domain, marked for translation."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fourfold.framework import Level, Timing, Verdict

Word = str | Promise

LEVELS: dict[Level, Word] = {
    Level.COLLABORATION: _("collaboration"),
    Level.COORDINATION: _("coordination"),
    Level.COMMUNICATION: _("communication"),
    Level.SEPARATION: _("separation"),
}
"""From the closest to the most separate: the order of the columns."""

LEVEL_TITLES: dict[Level, Word] = {
    Level.COLLABORATION: _("Collaboration"),
    Level.COORDINATION: _("Coordination"),
    Level.COMMUNICATION: _("Communication"),
    Level.SEPARATION: _("Separation"),
}

VERDICTS: dict[Verdict, Word] = {
    Verdict.SUPPORTED: _("supported"),
    Verdict.SUPPORTED_UNLESS: _("supported unless"),
    Verdict.OPEN: _("open"),
    Verdict.UNSUPPORTED: _("unsupported"),
    Verdict.CONTESTED: _("contested"),
    Verdict.RULED_OUT: _("ruled out"),
}

VERDICT_MEANINGS: dict[Verdict, Word] = {
    Verdict.SUPPORTED: _("A reason for this level holds, and nothing rules it out."),
    Verdict.SUPPORTED_UNLESS: _("A reason holds, but an answer that is still missing could rule it out."),
    Verdict.OPEN: _("Answers are missing; with them a reason could hold."),
    Verdict.UNSUPPORTED: _("No reason for this level holds, whatever the missing answers are."),
    Verdict.CONTESTED: _("A reason holds, and so does a condition that rules the level out."),
    Verdict.RULED_OUT: _("A condition that rules this level out holds."),
}

TIMINGS: dict[Timing, Word] = {
    Timing.NOW: _("could begin now"),
    Timing.NOT_YET: _("not yet: prerequisites are missing"),
    Timing.UNKNOWN: _("readiness unknown"),
}

TIMINGS_SHORT: dict[Timing, Word] = {
    Timing.NOW: _("now"),
    Timing.NOT_YET: _("not yet"),
    Timing.UNKNOWN: _("readiness unknown"),
}

VALUES: dict[str, Word] = {
    "yes": _("yes"),
    "no": _("no"),
    "none": _("none"),
    "minimal": _("minimal"),
    "low": _("low"),
    "moderate": _("moderate"),
    "high": _("high"),
    "material": _("material"),
    "important": _("important"),
    "top": _("top"),
    "avoid": _("avoid"),
    "indifferent": _("indifferent"),
    "wanted": _("wanted"),
    "exact": _("exact"),
    "close": _("close"),
    "broad": _("broad"),
    "narrow": _("narrow"),
    "related": _("related"),
}


def value_word(value: str) -> Word:
    """One value of a scale; another framework's own values stand as they are."""
    return VALUES.get(value, value)


KINDS: dict[str, Word] = {
    "assessment": _("Assessment"),
    "draft_agreement": _("Draft agreement"),
    "incident": _("Incident"),
    "consent_request": _("Request for consent"),
    "consent": _("Consent"),
    "stub": _("Stub"),
    "definition_mapping": _("Mapping of definitions"),
    "answer": _("Answer to a proposal"),
    "registry_contribution": _("Contribution to a registry entry"),
    "joint_part": _("Signature under a joint record"),
}

FIELDS: dict[str, Word] = {
    "title": _("Title"),
    "description": _("Description"),
    "date": _("Date"),
    "first_known": _("First known to anyone"),
    "awareness": _("Known to the reporter"),
    "determination": _("Causal link established"),
    "submission": _("Reported"),
    "receipt": _("Confirmed as received"),
    "countries": _("Countries"),
    "harm_types": _("Kinds of harm"),
    "severity": _("Severity"),
    "systems": _("AI systems"),
    "deployers": _("Deployers"),
    "developers": _("Developers"),
    "harmed": _("Who was harmed"),
    "response": _("Response"),
    "sources": _("Sources"),
    "registers": _("In other registers"),
    "attribution": _("Attribution"),
    "analyst_note": _("Analyst note"),
    "contact": _("Contact"),
    "attachments": _("Attachments"),
    "media_type": _("Media type"),
    "size": _("Size in bytes"),
    "digest": _("Digest"),
    "scheme": _("Scheme"),
    "value": _("Value"),
    "assessor": _("Assessor"),
    "id": _("Id"),
    "url": _("Address"),
    "step": _("Step"),
    "activity": _("Activity"),
    "seal": _("Seal"),
    "nonce": _("Nonce"),
    "answers": _("Answers"),
    "agreement": _("Agreement"),
    "ending": _("Ending"),
    "founding": _("Founding"),
    "framework": _("Framework"),
    "slices": _("Slices"),
    "name": _("Name"),
    "content": _("Content"),
    "signatures": _("Signatures"),
    "purpose": _("Purpose"),
    "key": _("Key"),
    "kind": _("Kind"),
    "handling": _("Handling"),
    "object": _("Object"),
    "object_version": _("Version of the object"),
    "object_digest": _("Digest of the object"),
    "onward": _("What is to go on"),
    "record": _("Record"),
    "recipient": _("Recipient"),
    "recipient_name": _("Name of the recipient"),
    "recipient_key": _("Key of the recipient"),
    "reason": _("Reason"),
    "request": _("Request"),
    "answer": _("Answer"),
    "consent": _("Consent"),
    "revocation": _("Revocation"),
    "opening": _("Opened by"),
    "author": _("Author"),
    "number": _("Number"),
    "at": _("Time"),
    "originators": _("Originators"),
    "marking": _("Marking"),
    "due": _("To be done by"),
    "parties": _("Parties"),
    "supersedes": _("Supersedes"),
    "first": _("First definition"),
    "second": _("Second definition"),
    "rows": _("Limbs"),
    "relation": _("Relation"),
    "provision": _("Provision"),
    "about": _("About"),
    "move": _("Move"),
    "note": _("Note"),
    "by": _("Committed until"),
    "acceptances": _("Acceptances"),
    "revision": _("Revision"),
    "what_happened": _("What happened"),
    "remark": _("Remark"),
    "contributions": _("Contributions"),
    "signature": _("Signature"),
}
"""Every field of every kind, and the fields within them; a test holds this against the kinds."""

PARTS: dict[str, Word] = {
    "rows.first": _("Limb of the first definition"),
    "rows.second": _("Limb of the second definition"),
}
"""Parts of a field that are called otherwise than a field of that name."""

HINTS: dict[str, Word] = {
    "title": _("One line by which people tell it from others, here and where it is told."),
    "description": _("What is known, and what is not; no names of persons that are not needed."),
    "date": _("As exactly as it is known: 2026, 2026-01, 2026-01-31, 2026-01-31T09:30:00Z, or unknown."),
    "first_known": _("When anybody first knew of it. Written as above."),
    "awareness": _("When the reporter knew of it."),
    "determination": _("When the link between system and harm was established."),
    "submission": _("When it was reported."),
    "receipt": _("When that was confirmed as received."),
    "countries": _("Two letters each (ISO 3166-1), such as DE, one on a line. Or the one line: none."),
    "harm_types": _("One on a line. Leave it empty if nothing is known; write “none” if there were none."),
    "systems": _("Every name that was told, one on a line."),
    "deployers": _("Who had it in use, one on a line."),
    "developers": _("Who made it, one on a line."),
    "harmed": _("Groups rather than persons, one on a line."),
    "severity": _("As each scheme grades it; nothing is converted from one into another."),
    "response": _("What was done about it."),
    "sources": _("Public reports about it."),
    "registers": _("Under which number other registers know it."),
    "attribution": _("Whom to name where this is told on, and under which licence."),
    "analyst_note": _("For colleagues. No agreement that this program drafts lets it pass."),
    "contact": _("Whom to ask inside this institution."),
    "due": _("The day until whose end (UTC) it is to be done, such as 2027-03-31."),
    "rows": _(
        "A limb of the first, how it relates, a limb of the second. Broad: the second is the broader one. "
        "None: there is no counterpart; leave that side empty."
    ),
    "what_happened": _("What is known, and what is not; no names of persons that are not needed."),
    "remark": _("It stands under our name, beside what the others write."),
}
"""What to type into a field, for those fields that need it said."""

REMEDIES: dict[str, Word] = {
    "title": _("Give a title of 1 to 500 characters."),
    "description": _("At most 20,000 characters."),
    "response": _("At most 20,000 characters."),
    "analyst_note": _("At most 20,000 characters."),
    "countries": _("Give two capital letters, such as DE, or the one line: none."),
    "attribution": _("At most 500 characters."),
    "contact": _("At most 500 characters."),
    "scheme": _("Name the scheme or register, in a few words."),
    "value": _("Give the grade, as the scheme writes it."),
    "assessor": _("At most 200 characters."),
    "id": _("Give the number or name that it has there, in at most 100 characters."),
    "due": _("Give a day, such as 2027-03-31."),
    "by": _("Give a day, such as 2027-03-31."),
    "relation": _("Choose how the first limb relates to the second."),
    "first": _("Give a limb of at most 1,000 characters, or leave it empty."),
    "second": _("Give a limb of at most 1,000 characters, or leave it empty."),
    "rows": _("Give at least one row: a limb, and how it relates."),
    "name": _("Give the name of the definition, in at most 200 characters."),
    "provision": _("At most 200 characters."),
    "note": _("At most 2,000 characters."),
    "what_happened": _("At most 20,000 characters."),
    "remark": _("At most 5,000 characters."),
    "url": _("Give an address that begins with https:// and has no spaces, or none."),
}
"""What to type instead of what was wrong."""

EVENT_TOPICS: dict[str, Word] = {
    "node": _("Node"),
    "account": _("Accounts"),
    "session": _("Sign-ins"),
    "factor": _("Second factors"),
    "token": _("Tokens"),
    "peer": _("Counterparts"),
    "client": _("Third-party clients"),
    "inbox": _("Handed in"),
    "agreement": _("Agreements"),
    "assessment": _("Assessments"),
    "proposal": _("Proposals"),
    "change": _("Changes that two people decide"),
    "joint": _("Joint records"),
    "step": _("Steps recalled"),
    "record": _("Records"),
    "consent": _("Consents"),
    "release": _("Releases"),
    "receipt": _("Receipts"),
    "withdrawal": _("Withdrawals"),
    "object": _("Received objects"),
    "attachment": _("Files"),
    "key": _("Keys"),
    "holdings": _("What both sides hold"),
    "epoch": _("Epochs of logs"),
    "hold": _("Legal holds"),
    "checkpoint": _("Counterparts' logs"),
    "cosignature": _("Own logs"),
    "sync": _("Collecting"),
    "evidence": _("Evidence"),
    "grant": _("Who may read what"),
    "file": _("Files taken from the node"),
    "news": _("What others were told late"),
}
"""The first halves of the tags of events, in the order of the vocabulary."""


def kind_title(kind: str) -> Word:
    """The name of a kind of record; one that this node does not know stands as it is."""
    return KINDS.get(kind, kind)


def field_title(name: str) -> Word:
    """The name of a field as people write it; one that no kind has is made from its name."""
    plain = name.replace("_", " ")
    return FIELDS.get(name, plain[:1].upper() + plain[1:])

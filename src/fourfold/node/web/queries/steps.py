"""Where the joint assessment of an activity leads next."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from fourfold.node.web.queries.words import Word
from fourfold.protocols.assessment import State


@dataclass(frozen=True, slots=True)
class Step:
    """What can be done next: a sentence on where it stands, and the page on which to go on."""

    text: Word
    label: Word
    page: str


GO_ON = {
    State.EMPTY: Step(_("Nobody has answered yet."), _("Answer for this institution"), "answers"),
    State.DRAFTED: Step(_("Our answers are drafted."), _("Go on answering, or seal"), "answers"),
    State.SEALED: Step(_("Ours are sealed; theirs are awaited."), _("Collect what has come"), "inbox"),
    State.THEIRS_SEALED: Step(
        _("Theirs are sealed; ours are awaited."), _("Answer for this institution"), "answers"
    ),
    State.THEIRS_SEALED_OURS_DRAFTED: Step(
        _("Theirs are sealed; ours are drafted."), _("Go on answering, or seal"), "answers"
    ),
    State.BOTH_SEALED: Step(_("Both are sealed."), _("Reveal ours"), "reveal"),
    State.OURS_REVEALED: Step(
        _("Ours are revealed; theirs are awaited."), _("Collect what has come"), "inbox"
    ),
    State.THEIRS_REVEALED: Step(_("Theirs are revealed; ours are awaited."), _("Reveal ours"), "reveal"),
    State.JOINT: Step(
        _("Both have revealed: assessed together."), _("Prepare the next meeting"), "activity-agenda"
    ),
}
"""By state, the next step; the pages of the last one are for every reader."""

"""Everything a suggestion's page shows, gathered for one user."""

from datetime import datetime
from typing import Any

import rules
from django.shortcuts import get_object_or_404
from django.urls import reverse

from core.workdays import local_date
from opinions.models import FormalSuggestion, Verdict
from opinions.suggestions import deadlines, evidence, present
from opinions.suggestions.forms import AnswerForm, InviteForm
from opinions.suggestions.papers import papers_for
from opinions.suggestions.states import WRITABLE, Consent
from opinions.suggestions.views import acts
from opinions.views.page import ActPanel, Refusal


def visible_or_404(user: Any, pk: int) -> FormalSuggestion:
    """Return the suggestion as the user may see it; out of sight is 404."""
    rows = FormalSuggestion.objects.visible_to(user)
    return get_object_or_404(rows.select_related("station", "representative", "lead_unit", "prepared_by"), pk=pk)


def context(user: Any, row: FormalSuggestion, at: datetime, refusal: Refusal | None = None) -> dict[str, Any]:
    """Gather the page; `refusal` puts the refused act in front."""
    verbs = acts.open_verbs(user, row)
    front, folded = acts.split(verbs, row.state)
    if refusal and refusal.verb in folded:
        front, folded = [refusal.verb], [verb for verb in [*front, *folded] if verb != refusal.verb]
    panels = {verb: _panel(verb, row, user, at, refusal) for verb in [*front, *folded]}
    may_write = row.state in WRITABLE and rules.has_perm("opinions.write_suggestion", user, row)
    invite = InviteForm(auto_id="invite_%s", people=acts.may_be_asked(row)) if may_write else None
    if refusal and refusal.verb == "invite" and invite is not None:
        invite = refusal.form
    return {
        "row": row,
        "mark": present.mark(row.state),
        "due": present.due(row, at),
        "steps": present.steps(row, at),
        "waiting": present.waiting_for(row),
        "reached": present.reached(row),
        "evidence": evidence.of(row, user),
        "signers": _signers(row, may_write=may_write, may_record=_may_record(user, row)),
        "invite": invite,
        "charges": list(row.charges.select_related("unit").order_by("-round", "-role", "pk")),
        "replies": list(row.replies.select_related("unit", "judged_by").order_by("-round")),
        "wishes": list(row.extensions.select_related("unit").order_by("-pk")),
        "history": list(row.history.all()),
        "papers": papers_for(row),
        "front": [panels[verb] for verb in front],
        "folded": [panels[verb] for verb in folded],
        "may_write": may_write,
        "refusal": refusal,
        "refused_verb_is_open": bool(refusal and refusal.verb in panels),
    }


def _may_record(user: Any, row: FormalSuggestion) -> bool:
    writable = row.state in WRITABLE and rules.has_perm("opinions.write_suggestion", user, row)
    return writable and rules.has_perm("opinions.answer_invitation_suggestion", user, row)


def _signers(row: FormalSuggestion, *, may_write: bool, may_record: bool) -> list[dict[str, Any]]:
    """Return the co-signers; for the station each unanswered one with the form to write his answer down."""
    found = []
    for signer in row.cosigners.select_related("representative", "recorded_by").order_by("pk"):
        form = None
        if may_record and signer.answer == Consent.ASKED:
            form = AnswerForm(auto_id=f"answer-{signer.pk}-%s", initial={"cosigner": signer.pk})
        is_lost = signer.answer == Consent.ASKED and row.state not in WRITABLE
        word = "没有等到回话" if is_lost else signer.get_answer_display()
        found.append({"signer": signer, "form": form, "word": word, "may_drop": may_write})
    return found


def _panel(verb: str, row: FormalSuggestion, user: Any, at: datetime, refusal: Refusal | None) -> ActPanel:
    spec = acts.SPECS[verb]
    form = spec.form_class(**acts.form_arguments(verb, user, row)) if spec.form_class else None
    if refusal and refusal.verb == verb and refusal.form is not None:
        form = refusal.form
    extra: dict[str, Any] = {}
    if verb == "assign":
        today, months = local_date(at), deadlines.usual_months()
        extra = {"months": months, "due_on": deadlines.due_on(today, months, today)}
    elif verb == "grant_extension":
        extra = {"wish": row.extensions.filter(verdict=Verdict.PENDING).select_related("unit").first()}
    return ActPanel(verb, spec, form, reverse(f"suggestions:{verb}", args=[row.pk]), extra)

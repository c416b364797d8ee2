"""The quiz, step by step. Graded on the server alone; the key is never in a page."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.models import Page

from content import documents
from content.richtext import markdown_to_html
from portal.organisation.models import Person
from portal.private import person_required, problem
from training import actions
from training.forms import AnswerForm
from training.models import AnswerEvent, Attempt, AttemptState, Completion
from training.models.overview import completion_dict, person_of, questions_asked
from training.views.common import clock, published_module

CLOSED = (
    "Testet är redan inlämnat",
    "Svaret sparades inte, eftersom testet var inlämnat. Resultatet står kvar som det var.",
)
SIGNED_OUT = "Du är utloggad. Gå vidare som vanligt, så får du logga in och svaret följer med."
UNKNOWN = (
    "Svaret finns inte bland alternativen",
    "Ingenting har ändrats. Gå tillbaka, ladda om sidan och välj igen.",
)


def _attempt(person: Person, guid: uuid.UUID) -> Attempt:
    """Return the person's own attempt. Raises Http404 for anyone else's and for none.

    The module's address is not asked for: a form from before it changed still saves its answer.
    """
    attempt = (
        Attempt.objects.filter(person=person, guid=guid).select_related("version", "module").first()
    )
    if attempt is None:
        raise Http404("Försöket finns inte")
    return attempt


def _module_link(attempt: Attempt) -> dict[str, str]:
    slug = attempt.module.slug
    return {
        "title": attempt.version.data["title"],
        "url": reverse("wagtail_serve", args=[f"utbildning/{slug}/"]),
        "slug": slug,
    }


def _url(name: str, attempt: Attempt, *more: Any) -> str:
    return reverse(f"training:{name}", args=[attempt.module.slug, attempt.guid, *more])


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def start(request: HttpRequest, person: Person, module: str) -> HttpResponse:
    """Say what the quiz is; POST begins it, or goes on with the open attempt."""
    published = published_module(module)
    version = published.version
    if not version.questions:
        raise Http404("Modulen har inget kunskapstest")
    if request.method == "POST":
        attempt = actions.start_attempt(person=person, version=version, at=timezone.now())
        return redirect(_where_to_go_on(attempt))
    attempts = list(
        Attempt.objects.filter(person=person, module=version.module)
        .select_related("module")
        .order_by("cycle", "number")
    )
    open_attempt = next((a for a in attempts if a.state == AttemptState.OPEN), None)
    policy = version.data["policy"]
    return render(
        request,
        "training/quiz_start.html",
        {
            "module": {"title": published.title, "url": published.url},
            "questions": questions_asked(version.data),
            "pass_percent": policy["pass_percent"],
            "attempts": [
                {
                    "number": attempt.number,
                    "submitted_at": attempt.submitted_at,
                    "passed": attempt.passed,
                    "score_label": f"{attempt.score} av {attempt.max_score} rätt",
                    "url": _url("quiz_result", attempt),
                }
                for attempt in attempts
                if attempt.state == AttemptState.SUBMITTED
            ],
            "open_attempt": open_attempt
            and {
                "answered": len(open_attempt.shown) - len(actions.unanswered(attempt=open_attempt)),
                "total": len(open_attempt.shown),
                "started_at": open_attempt.started_at,
            },
            "breadcrumb": published.breadcrumb,
        },
    )


def _where_to_go_on(attempt: Attempt) -> str:
    """Return the address of the first question without an answer, or of the overview."""
    waiting = actions.unanswered(attempt=attempt)
    return _url("quiz_question", attempt, waiting[0]) if waiting else _url("quiz_review", attempt)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def question(
    request: HttpRequest, person: Person, module: str, guid: uuid.UUID, number: int
) -> HttpResponse:
    """Show one question; POST saves the answer and leads on."""
    attempt = _attempt(person, guid)
    if not 1 <= number <= len(attempt.shown):
        raise Http404("Frågan finns inte")
    if request.method == "POST":
        refused = _save(request, attempt, number)
        return refused or redirect(_after(request.POST.get("go", "next"), attempt, number))
    if not attempt.is_open:
        return redirect(_url("quiz_result", attempt))
    shown = attempt.shown[number - 1]
    data = attempt.version.question(shown["question"])
    if data is None:
        raise Http404("Frågan finns inte")
    saved = actions.saved_answers(attempt=attempt).get(shown["question"])
    texts = {choice["id"]: choice["text"] for choice in data["choices"]}
    shows_answer = saved is not None and bool(saved.choice_ids)
    return render(
        request,
        "training/quiz_question.html",
        {
            "module": _module_link(attempt),
            "question": {
                "number": number,
                "total": len(attempt.shown),
                "text": data["text"],
                "kind": data["kind"],
                "hint": "Välj alla som stämmer." if data["kind"] == "multiple" else "",
            },
            "choices": [
                {
                    "key": choice_id,
                    "text": texts[choice_id],
                    "checked": saved is not None and choice_id in saved.choice_ids,
                }
                for choice_id in shown["choices"]
            ],
            "client": uuid.uuid4(),
            "seq": AnswerForm.SHOWING if shows_answer else AnswerForm.EMPTY,
            "saved_at": clock(saved.saved_at) if saved else None,
            "autosave_url": _url("quiz_autosave", attempt, number),
            "review_url": _url("quiz_review", attempt),
            "first": number == 1,
            "last": number == len(attempt.shown),
        },
    )


def _after(go: str, attempt: Attempt, number: int) -> str:
    if go == "previous" and number > 1:
        return _url("quiz_question", attempt, number - 1)
    if go == "next" and number < len(attempt.shown):
        return _url("quiz_question", attempt, number + 1)
    return _url("quiz_review", attempt)


def _store(
    form: AnswerForm, attempt: Attempt, number: int, *, is_final: bool = False
) -> AnswerEvent:
    """Save what a form answers. Raises what actions.save_answer raises."""
    return actions.save_answer(
        attempt=attempt,
        question_id=attempt.shown[number - 1]["question"],
        choice_ids=form.choices,
        client=form.drawn_as,
        client_seq=form.number,
        at=timezone.now(),
        is_final=is_final,
    )


def _says_something(form: AnswerForm, attempt: Attempt, number: int) -> bool:
    """Return whether the form answers, or takes an answer back.

    A question may be left for later, and a form without an answer in a second tab must not take
    away what was answered in the first. Only boxes can be emptied, never a choice of one.
    """
    question = attempt.version.question(attempt.shown[number - 1]["question"])
    return bool(form.choices) or (
        question is not None and question["kind"] == "multiple" and form.showed_an_answer
    )


def _save(request: HttpRequest, attempt: Attempt, number: int) -> HttpResponse | None:
    """Save an answer sent by the form; return a page that says why it was refused, or None."""
    form = AnswerForm(request.POST)
    if not _says_something(form, attempt, number):
        return None
    try:
        _store(form, attempt, number, is_final=True)
    except actions.AttemptIsClosed:
        return problem(
            request, 409, *CLOSED, url=_url("quiz_result", attempt), label="Visa resultatet"
        )
    except (actions.UnknownChoice, actions.UnknownQuestion):
        return problem(
            request, 400, *UNKNOWN, url=_url("quiz_question", attempt, number),
            label="Tillbaka till frågan",
        )  # fmt: skip
    return None


@login_not_required  # It says itself, in JSON, that someone is signed out.
@require_POST
def autosave(request: HttpRequest, module: str, guid: uuid.UUID, number: int) -> HttpResponse:
    """Save an answer as it is chosen; answers JSON with the time, or why it was not saved."""
    person = person_of(request)
    if person is None:
        return _error(401, SIGNED_OUT)
    try:
        attempt = _attempt(person, guid)
    except Http404:
        return _error(404, "Försöket finns inte. Gå till Min utbildning och fortsätt därifrån.")
    if not 1 <= number <= len(attempt.shown):
        return _error(404, "Frågan finns inte i det här försöket.")
    form = AnswerForm(request.POST)
    try:
        event = _store(form, attempt, number, is_final=not form.is_numbered)
    except actions.AttemptIsClosed:
        return _error(409, " ".join(CLOSED))
    except (actions.UnknownChoice, actions.UnknownQuestion):
        return _error(400, " ".join(UNKNOWN))
    return JsonResponse({"saved_at": clock(event.saved_at)})


def _error(status: int, message: str) -> JsonResponse:
    return JsonResponse({"error": message}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def review(request: HttpRequest, person: Person, module: str, guid: uuid.UUID) -> HttpResponse:
    """Show which questions have an answer; POST hands the attempt in."""
    attempt = _attempt(person, guid)
    if request.method == "POST":
        actions.submit_attempt(attempt=attempt, at=timezone.now())
        return redirect(_url("quiz_result", attempt))
    if not attempt.is_open:
        return redirect(_url("quiz_result", attempt))
    answered = actions.saved_answers(attempt=attempt)
    rows = []
    for number, question_id in enumerate(attempt.question_ids, start=1):
        data = attempt.version.question(question_id)
        saved = answered.get(question_id)
        rows.append(
            {
                "number": number,
                "text": data["text"] if data else "",
                "url": _url("quiz_question", attempt, number),
                "answered": bool(saved and saved.choice_ids),
            }
        )
    return render(
        request,
        "training/quiz_review.html",
        {
            "module": _module_link(attempt),
            "rows": rows,
            "unanswered": sum(not row["answered"] for row in rows),
        },
    )


@require_safe
@person_required
def result(request: HttpRequest, person: Person, module: str, guid: uuid.UUID) -> HttpResponse:
    """Show how it went, with feedback on what was chosen and where to read more."""
    attempt = _attempt(person, guid)
    if attempt.is_open:
        return redirect(_url("quiz_review", attempt))
    if attempt.state != AttemptState.SUBMITTED:
        raise Http404("Försöket lämnades aldrig in")
    answers = actions.saved_answers(attempt=attempt)
    questions = [attempt.version.question(question_id) for question_id in attempt.question_ids]
    titles = _link_titles([data["link"] for data in questions if data])
    results = []
    for number, data in enumerate(questions, start=1):
        if data is None:
            continue
        saved = answers.get(data["id"])
        chosen = saved.choice_ids if saved else []
        results.append(
            {
                "number": number,
                "text": data["text"],
                "right": actions.is_right(data, saved),
                "chosen": [
                    {"text": choice["text"], "feedback": choice["feedback"]}
                    for choice in data["choices"]
                    if choice["id"] in chosen
                ],
                "explanation": mark_safe(markdown_to_html(data["explanation"])),  # noqa: S308
                "link": data["link"] if data["link"] in titles else "",
                "link_title": titles.get(data["link"], ""),
            }
        )
    # Passing again soon after gives no completion of its own; the one before it is shown.
    completion = attempt.passed and (
        Completion.objects.standing()
        .filter(person=person, version=attempt.version, completed_at__lte=attempt.submitted_at)
        .order_by("completed_at")
        .last()
    )
    return render(
        request,
        "training/quiz_result.html",
        {
            "module": _module_link(attempt),
            "passed": attempt.passed,
            "score": attempt.score,
            "max_score": attempt.max_score,
            "percent": round(100 * (attempt.score or 0) / (attempt.max_score or 1)),
            "pass_percent": attempt.policy["pass_percent"],
            "results": results,
            "completion": completion_dict(completion) if completion else None,
            "retry_url": reverse("training:quiz", args=[attempt.module.slug]),
        },
    )


def _link_titles(links: list[str]) -> dict[str, str]:
    """Return link → the title of the published page it leads to; links to nowhere are left out."""
    paths = {link: link.split("#")[0].strip("/") for link in links if link}
    ids = {path: pk for pk, path in documents.paths_by_id().items() if path in paths.values()}
    titles = dict(
        Page.objects.filter(pk__in=ids.values()).live().public().values_list("pk", "title")
    )
    return {
        link: titles[ids[path]]
        for link, path in paths.items()
        if path in ids and ids[path] in titles
    }

"""Lessons, and the learner's own page."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portal.organisation.models import Person
from portal.private import person_required
from training import actions, reports
from training.models import Attempt, Completion, LessonRead, Module, ModulePage
from training.models.overview import (
    Progress,
    current_version,
    outline,
    person_of,
    progress_of,
    ready_text,
)
from training.views.common import published_module


@require_http_methods(["GET", "HEAD", "POST"])
def lesson(request: HttpRequest, module: str, lesson: str) -> HttpResponse:
    """Show a lesson of the frozen version; POST marks it as read and leads on."""
    published = published_module(module)
    version = published.version
    person = person_of(request)
    progress = Progress()
    if person:
        progress = progress_of(person, [version.module], on=timezone.localdate())[version.module_id]
    steps = outline(version.data, progress)
    place = next((n for n, data in enumerate(version.lessons) if data["slug"] == lesson), None)
    if place is None:
        raise Http404("Lektionen finns inte")
    data, step = version.lessons[place], steps.lessons[place]
    following = [*steps.lessons, *([steps.quiz] if steps.quiz else [])][place + 1 :]
    next_step = following[0] if following else None
    if request.method == "POST":
        if person is None:
            return redirect(f"{reverse('login')}?next={request.path}")
        actions.mark_lesson_read(
            person=person, version=version, lesson_id=data["id"], at=timezone.now()
        )
        return redirect(next_step.url if next_step else published.url)
    ready = ready_text(version, data["id"], data["body"])
    return render(
        request,
        "training/lesson.html",
        {
            "module": {"title": published.title, "url": published.url},
            "lesson": {
                "title": data["title"],
                "goal": data["goal"],
                "minutes": data["minutes"],
                "number": place + 1,
                "total": len(version.lessons),
            },
            "lessons": steps.lessons,
            "blocks": ready,
            "done": step.done,
            "previous": steps.lessons[place - 1] if place else None,
            "next": next_step,
            "next_is_quiz": next_step is not None and next_step is steps.quiz,
            "signed_in": person is not None,
            "breadcrumb": published.breadcrumb,
        },
    )


@require_safe
@person_required
def my_training(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what the person must do, where to go on, and what is done."""
    today = timezone.localdate()
    items = reports.obligations([person.pk], on=today)[person.pk]
    touched = _touched(person)
    modules = list(Module.objects.filter(pk__in={*touched, *(item.module_id for item in items)}))
    progress = progress_of(person, modules, on=today)
    by_pk = {module.pk: module for module in modules}
    return render(
        request,
        "training/my_training.html",
        {
            "name": person.full_name,
            "resume": _resume(touched, by_pk, progress),
            "todo": [
                {
                    "title": item.module,
                    "url": f"/utbildning/{item.slug}/",
                    "state": item.state,
                    "label": item.label,
                    "due_date": item.due_date,
                    "why": item.reason,
                    "requirement": item.requirement,
                }
                for item in items
                if item.state != "done"
            ],
            "done": _done(person, items),
        },
    )


def _touched(person: Person) -> list[int]:
    """Return the modules the person has begun, the latest first."""
    latest: dict[int, Any] = {}
    rows = [
        *LessonRead.objects.filter(person=person).values_list("module_id", "read_at"),
        *Attempt.objects.filter(person=person).values_list("module_id", "started_at"),
    ]
    for module_id, at in rows:
        latest[module_id] = max(at, latest.get(module_id, at))
    return sorted(latest, key=lambda module_id: latest[module_id], reverse=True)


def _resume(
    touched: list[int], modules: dict[int, Module], progress: dict[int, Progress]
) -> dict[str, str] | None:
    """Return where to go on: the first step not done of the module touched last."""
    published = set(ModulePage.objects.live().values_list("translation_key", flat=True))
    for module_id in touched:
        module, mine = modules[module_id], progress[module_id]
        # An open attempt can always be finished; for the rest the module must be there to read.
        if mine.open_attempt:
            return {"module": module.title, **_resume_attempt(module, mine.open_attempt)}
        if mine.state != "started" or module.key not in published:
            continue
        version = current_version(module.key, "sv")
        step = outline(version.data, mine).next_step() if version else None
        if step:
            return {"module": module.title, "title": step.title, "url": step.url}
    return None


def _resume_attempt(module: Module, guid: UUID) -> dict[str, str]:
    attempt = Attempt.objects.get(guid=guid)
    waiting = actions.unanswered(attempt=attempt)
    if not waiting:
        url = reverse("training:quiz_review", args=[module.slug, attempt.guid])
        return {"title": "Lämna in testet", "url": url}
    url = reverse("training:quiz_question", args=[module.slug, attempt.guid, waiting[0]])
    return {"title": f"Kunskapstest, fråga {waiting[0]}", "url": url}


def _done(person: Person, items: list[reports.Item]) -> list[dict[str, Any]]:
    # Earlier completions of the same module are kept, but say nothing of how long it holds.
    valid_until = {(item.module_id, item.completed_at): item.valid_until for item in items}
    return [
        {
            "title": completion.module.title,
            "completed_at": completion.completed_at,
            "certificate_url": reverse("training:certificate", args=[completion.code]),
            "valid_until": valid_until.get((completion.module_id, completion.completed_at)),
        }
        for completion in Completion.objects.standing()
        .filter(person=person)
        .select_related("module")
        .order_by("-completed_at")
    ]

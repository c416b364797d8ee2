"""What happens in the index when something that it is made of changes.

Training freezes a module when its page is published; its receiver is connected before these, since
its app stands before search among the installed apps, so the lessons found here are the new ones.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from content.models import (
    Activity,
    Board,
    BoardStatement,
    CompetenceArea,
    Contact,
    Edition,
    Figure,
    FollowUpStep,
    GlossaryTerm,
    Goal,
    GoalConcern,
    Indicator,
    LegalProvision,
    Precondition,
    PreventionCell,
    Register,
    RegisterPage,
    Remark,
    Responsibility,
    Source,
    SupportIndexPage,
)
from search import background, indexing
from search.extraction import PROGRAMME
from search.models import AcuteWord, CompoundPart, PinnedResult, Synonym

# --- Pages --------------------------------------------------------------------------------------


def page_changed(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Index a page that was published.

    A new slug moves everything below it too. Wagtail's own signal for that comes after the commit;
    this is in time for the same transaction.
    """
    if indexing.is_readdressed(instance.pk):
        indexing.update_from(instance)
    else:
        indexing.update([instance.pk])


def page_closed(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Take out a page that is no longer published.

    Its row may still say that it is: Wagtail sends the signal before it deletes a page, too.
    """
    indexing.remove([instance.pk])


def page_readdressed(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Index what lies below a page with a new slug, also when the page itself is not published."""
    indexing.update_from(instance)


def page_moved(
    sender: type[Page],
    instance: Page,
    url_path_before: str,
    url_path_after: str,
    **kwargs: Any,
) -> None:
    """Index a page that was moved, and all below it: address and openness may be others."""
    if url_path_before != url_path_after:
        indexing.update_from(instance)


def page_about_to_go(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Take a page out of the index before it is deleted, published or not."""
    indexing.remove([instance.pk])


def restriction_changed(
    sender: type[PageViewRestriction],
    instance: PageViewRestriction,
    origin: Model | QuerySet[Model] | None = None,
    **kwargs: Any,
) -> None:
    """Take out what was closed and everything below it, or put back what was opened.

    A restriction that goes because its page is deleted opens nothing.
    """
    if origin is not None and _model_of(origin) is not PageViewRestriction:
        return
    page = Page.objects.filter(pk=instance.page_id).first()
    if page:
        indexing.update_from(page)


def _model_of(origin: Model | QuerySet[Model]) -> type[Model]:
    return origin.model if isinstance(origin, QuerySet) else type(origin)


def site_changed(sender: type[Site], instance: Site, **kwargs: Any) -> None:
    """Index everything: the addresses of all pages begin at the site's root page."""
    indexing.update_all()


# --- Registers ----------------------------------------------------------------------------------


def contact_changed(sender: type[Contact], instance: Contact, **kwargs: Any) -> None:
    """Index the pages that show a contact; the directory shows a new one too."""
    directories = SupportIndexPage.objects.values_list("pk", flat=True)
    indexing.update_users_of(f"contact:{instance.key}", also=directories)


def law_changed(sender: type[LegalProvision], instance: LegalProvision, **kwargs: Any) -> None:
    """Index the pages that show a paragraph of a law, and the register of laws."""
    indexing.update_users_of(f"law:{instance.key}")
    _after_commit(_INDEX_REGISTER[Register.LAWS])


def _after_commit(work: Callable[[], Any]) -> None:
    """Do *work* once when the transaction is through, however many rows it changes."""
    if all(planned[1] is not work for planned in connection.run_on_commit):
        transaction.on_commit(work)


def _index_register(register: Register) -> None:
    pages = RegisterPage.objects.filter(register=register).values_list("pk", flat=True)
    indexing.update(list(pages))


def _index_programme() -> None:
    """Index the pages that show rows from all over the programme."""
    indexing.update_users_of(PROGRAMME)


# One function for each register, so that it can be told whether its work is planned already.
_INDEX_REGISTER = {register: partial(_index_register, register) for register in Register}
_REGISTERS = {
    Figure: Register.FIGURES,
    Source: Register.SOURCES,
    Remark: Register.REMARKS,
    GlossaryTerm: Register.GLOSSARY,
}


def register_changed(sender: type[Model], **kwargs: Any) -> None:
    """Index the page of a register, and the boards that a remark may be about."""
    _after_commit(_INDEX_REGISTER[_REGISTERS[sender]])
    if sender is Remark:
        _after_commit(_index_programme)


def programme_changed(sender: type[Model], **kwargs: Any) -> None:
    """Index the pages that show rows from all over the programme."""
    _after_commit(_index_programme)


def goal_row_changed(sender: type[Model], instance: Any, **kwargs: Any) -> None:
    """Index the page of the goal that a row belongs to."""
    goal = _goal_of(instance)
    if goal:
        indexing.update_users_of(f"goal:{goal}")
    _after_commit(_index_programme)


def _goal_of(row: Any) -> Any:
    """Return the id of the goal that a row belongs to; an activity may have none."""
    if isinstance(row, Goal):
        return row.pk
    if isinstance(row, Responsibility | CompetenceArea):
        return Activity.objects.filter(pk=row.activity_id).values_list("goal", flat=True).first()
    return row.goal_id


# --- What editors say of words ------------------------------------------------------------------


def wording_changed(sender: type[Model], **kwargs: Any) -> None:
    """Have it used at the next search in every process."""
    indexing.wording_changed()


def parts_changed(sender: type[CompoundPart], **kwargs: Any) -> None:
    """Have the index made anew, in the background, with other parts of compounds."""
    background.parts_changed(at=timezone.now())


WORDING = (Synonym, PinnedResult, AcuteWord, GlossaryTerm)

GOAL_ROWS = (Goal, Activity, Indicator, Precondition, Responsibility, CompetenceArea)

# What boards' pages and matrices show beside the rows of goals.
PROGRAMME_ROWS = (Board, BoardStatement, Edition, FollowUpStep, GoalConcern, PreventionCell)


def connect() -> None:
    """Connect the receivers of this module."""
    page_published.connect(page_changed, dispatch_uid="search.page_changed")
    page_unpublished.connect(page_closed, dispatch_uid="search.page_closed")
    page_slug_changed.connect(page_readdressed, dispatch_uid="search.page_readdressed")
    post_page_move.connect(page_moved, dispatch_uid="search.page_moved")
    pre_delete.connect(page_about_to_go, sender=Page, dispatch_uid="search.page_about_to_go")
    post_save.connect(site_changed, sender=Site, dispatch_uid="search.site_changed")
    for signal in (post_save, post_delete):
        for words in WORDING:
            signal.connect(wording_changed, sender=words, dispatch_uid="search.wording_changed")
        signal.connect(parts_changed, sender=CompoundPart, dispatch_uid="search.parts_changed")
        for receiver, models in (
            (restriction_changed, (PageViewRestriction,)),
            (contact_changed, (Contact,)),
            (law_changed, (LegalProvision,)),
            (goal_row_changed, GOAL_ROWS),
            (register_changed, tuple(_REGISTERS)),
            (programme_changed, PROGRAMME_ROWS),
        ):
            for model in models:
                signal.connect(receiver, sender=model, dispatch_uid="search.register_changed")
    m2m_changed.connect(
        programme_changed, sender=Remark.boards.through, dispatch_uid="search.remark_moved"
    )

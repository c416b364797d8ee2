"""The editor's forms of pages."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from wagtail.admin.forms import WagtailAdminPageForm

REVIEW_WITHIN = timedelta(days=183)
"""How long a new text stands before someone must read it again, unless its writer says so."""


TEXT = ("title", "summary", "body", "who")
"""What a reviewer has read and answers for."""


class TextPageForm(WagtailAdminPageForm):
    """A text's form: a new one can be saved at once, and no review outlives what was reviewed.

    The days are required and stand on another tab than the text, so without them nothing could be
    saved, and Wagtail would not keep the draft by itself, until an editor had found them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        page = kwargs.get("instance")
        if page is not None and page.pk is None:
            today = timezone.localdate()
            page.written_date = page.written_date or today
            page.review_due_date = page.review_due_date or today + REVIEW_WITHIN
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Refuse to publish a changed text under the review of the earlier one."""
        cleaned: dict[str, Any] = super().clean()
        if self.is_deferred_validation or not cleaned.get("reviewed_date"):
            return cleaned
        read = type(self.instance)._default_manager.filter(pk=self.instance.pk).first()
        if read is None or read.reviewed_date != cleaned["reviewed_date"]:
            return cleaned
        fields = [read._meta.get_field(name) for name in TEXT if name in cleaned]
        if any(
            field.get_prep_value(getattr(read, field.name))
            != field.get_prep_value(cleaned[field.name])
            for field in fields
        ):
            self.add_error(
                "reviewed_date",
                "Texten är ändrad efter granskningen. Töm det här fältet och ”Granskad av”, eller "
                "skriv dagen då den nya texten granskades.",
            )
        return cleaned

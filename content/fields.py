"""A list of choices kept in one column.

A text's target groups and operations are a handful of short codes. Kept as a JSON list they follow
the page through drafts, revisions and copies, without a table for each page type.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst

Choices = Sequence[tuple[str, str]]


class ChoiceListField(models.JSONField):
    """A list of values out of *options*, shown as boxes to tick."""

    def __init__(
        self, *args: Any, options: Callable[[], Choices] | None = None, **kwargs: Any
    ) -> None:
        self.options = options
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Leave *options* out of migrations: the column is the same whatever they are."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> forms.Field:
        """Return a field of tick boxes."""
        if self.options is None:
            return super().formfield(**kwargs)  # type: ignore[return-value]
        return forms.MultipleChoiceField(
            label=kwargs.get("label", capfirst(self.verbose_name)),
            choices=self.options,
            required=False,
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse what is not a list, and values that are not among the options."""
        if not isinstance(value, list):
            raise ValidationError("Värdet ska vara en lista.")
        if self.options is not None:
            known = {code for code, _ in self.options()}
            unknown = [
                str(each) for each in value if not isinstance(each, str) or each not in known
            ]
            if unknown:
                raise ValidationError(f"Okänt val: {', '.join(sorted(unknown))}.")

"""What a request may say about a quiz. Forms check; actions change."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict


class AnswerForm(forms.Form):
    """An answer to one question. An odd `client` or `seq` never costs anyone an answer."""

    # Where the counter begins in a form without an answer, and in one that shows an answer. Only
    # from the latter does "nothing chosen" take an answer back.
    EMPTY, SHOWING = 0, 1000

    client = forms.UUIDField(required=False)
    seq = forms.IntegerField(required=False, min_value=0, max_value=1_000_000)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.is_valid()
        cleaned: dict[str, Any] = self.cleaned_data
        self.choices = [value for value in data.getlist("choice") if value]
        self.drawn_as: uuid.UUID = cleaned.get("client") or uuid.uuid4()
        self.number: int = cleaned.get("seq") or 0
        self.is_numbered = bool(cleaned.get("client") and cleaned.get("seq"))

    @property
    def showed_an_answer(self) -> bool:
        """Whether the form had an answer in it when it was drawn."""
        return self.number >= self.SHOWING


class CodeForm(forms.Form):
    """A certificate's code, as someone types it."""

    kod = forms.CharField(max_length=40, label="Kod")

    def clean_kod(self) -> str:
        """Return the code in its own form: capitals, in groups of four."""
        letters = "".join(c for c in self.cleaned_data["kod"].upper() if c.isalnum())
        return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def code_of(typed: str) -> str:
    """Return the code that *typed* means, or an empty string when it can be none."""
    form = CodeForm({"kod": typed})
    return str(form.cleaned_data["kod"]) if form.is_valid() else ""

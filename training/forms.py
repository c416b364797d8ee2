"""What a request may say about a quiz. Forms check; actions change."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict


class AnswerForm(forms.Form):
    """An answer to one question. An odd `client` or `seq` never costs anyone an answer."""

    client = forms.UUIDField(required=False)
    seq = forms.IntegerField(required=False, min_value=0, max_value=1_000_000)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.choices = [value for value in data.getlist("choice") if value]

    def client_and_seq(self) -> tuple[uuid.UUID, int]:
        """Return which form this is and its counter, made up where the request has none."""
        self.is_valid()
        cleaned: dict[str, Any] = self.cleaned_data
        return cleaned.get("client") or uuid.uuid4(), cleaned.get("seq") or 0


class CodeForm(forms.Form):
    """A certificate's code, as someone types it."""

    kod = forms.CharField(max_length=40, label="Kod")

    def clean_kod(self) -> str:
        """Return the code in its own form: capitals, in groups of four."""
        letters = "".join(c for c in self.cleaned_data["kod"].upper() if c.isalnum())
        return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))

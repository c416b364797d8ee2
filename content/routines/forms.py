"""What may be written in a routine. Forms check; actions change."""

import re
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from content.routines.sections import HEAD_LABELS, LONGEST, MOST_LINES, Field, Kind, fields

# 850101-1234, with or without the century, also co-ordination numbers. Telephone numbers are not
# written so: they have no hyphen before the last four.
_IDENTITY_NUMBER = re.compile(
    r"(?<!\d)(?:\d\d)?\d\d(?:0[1-9]|1[0-2])(?:[06][1-9]|[1278]\d|[39][01])[-+]\d{4}(?!\d)"
)
_A_DAY = "Skriv dagen som år-månad-dag, till exempel {}."


class _Text(forms.CharField):
    """Text of a routine: as it was written, without spaces at the ends of lines."""

    def __init__(self, *, label: str, kind: Kind = "line", **options: Any) -> None:
        longest = LONGEST[kind]
        super().__init__(label=label, max_length=longest, **options)
        self.kind = kind
        self.error_messages["max_length"] = (
            f"Texten i ”{label}” är för lång. Skriv högst {longest} tecken, så ryms rutinen på två "
            "sidor."
        )

    def to_python(self, value: Any) -> str:
        """Return the text with one kind of line end, so that browsers do not differ."""
        lines = [line.rstrip() for line in str(value or "").splitlines()]
        return ("\n" if self.kind == "text" else " ").join(lines).strip()

    def validate(self, value: Any) -> None:
        """Refuse what a routine must never hold, and a number to ring that is none."""
        super().validate(value)
        if _IDENTITY_NUMBER.search(value):
            raise forms.ValidationError(
                f"Ta bort personnumret i ”{self.label}”. Rutinen får inte innehålla uppgifter om "
                "personer."
            )
        if value.count("\n") >= MOST_LINES:
            raise forms.ValidationError(
                f"Texten i ”{self.label}” har för många rader. Skriv på högst {MOST_LINES} rader."
            )
        if self.kind == "phone" and value and not any(sign.isdigit() for sign in value):
            raise forms.ValidationError(
                f"Skriv numret i ”{self.label}” med siffror, till exempel 08-465 004 00."
            )


class RoutineForm(forms.Form):
    """A whole routine. Only who owns it and when it must be reviewed have to be said."""

    owner = _Text(
        label=HEAD_LABELS["owner"],
        error_messages={"required": "Skriv vem som är ansvarig för rutinen."},
    )
    applies_from = forms.DateField(required=False)
    review_due_date = forms.DateField(
        error_messages={"required": "Skriv vilken dag rutinen ska granskas senast."}
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        today: date,
        saved: date | None,
        initial: dict[str, str] | None = None,
    ) -> None:
        """*saved* is the day of review that stands already: it may have passed."""
        super().__init__(data, initial=initial)
        self.today, self.saved = today, saved
        for name in ("applies_from", "review_due_date"):
            self.fields[name].error_messages["invalid"] = _A_DAY.format(today.isoformat())
        for field in fields():
            self.fields[field.key] = _Text(label=field.label, kind=field.kind, required=False)

    def clean(self) -> dict[str, Any]:
        """Hold the days against each other and against today."""
        cleaned = self.cleaned_data
        begins, due = cleaned.get("applies_from"), cleaned.get("review_due_date")
        if due and due < self.today and due != self.saved:
            self.add_error(
                "review_due_date", "Dagen har redan varit. Skriv en dag som ligger framåt."
            )
        elif due and begins and due <= begins:
            self.add_error(
                "review_due_date", "Granskningen måste ligga efter den dag då rutinen börjar gälla."
            )
        return cleaned

    @property
    def answers(self) -> dict[str, str]:
        """What is filled in of the template's own fields."""
        return {field.key: self.cleaned_data[field.key] for field in fields()}

    def texts(self) -> dict[str, str]:
        """Return all that is written, by field, as a version says it. Only of a valid form."""
        head = {
            "owner": self.cleaned_data["owner"],
            "applies_from": _iso(self.cleaned_data["applies_from"]),
            "review_due_date": _iso(self.cleaned_data["review_due_date"]),
        }
        return head | self.answers

    def text_of(self, key: str) -> str:
        """Return what stands in a field, right or wrong, as the writer left it."""
        return str(self[key].value() or "")

    def error_of(self, key: str) -> str:
        """Return what is wrong with a field, or nothing."""
        return " ".join(str(text) for text in self.errors.get(key, []))

    def summary(self) -> list[dict[str, str]]:
        """Return what is wrong, field by field in the order of the page."""
        keys = [*HEAD_LABELS, *(field.key for field in fields())]
        return [
            {"text": self.error_of(key), "href": f"#id_{key}"} for key in keys if key in self.errors
        ]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def control(form: RoutineForm, field: Field) -> dict[str, Any]:
    """Return a field as `components/text_field.html` wants it."""
    return {
        "name": field.key,
        "label": field.label,
        "hint": field.help,
        "value": form.text_of(field.key),
        "error": form.error_of(field.key),
        "rows": 3 if field.kind == "text" else None,
        "type": "tel" if field.kind == "phone" else "text",
    }

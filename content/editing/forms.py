"""The forms of the programme's rows: what is wrong is told at the field, with what to do."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm

from content import documents
from content.models import Activity, Edition, LegalProvision, Source
from content.models.programme import EditionStatus

NO_SOURCE = "Välj källan. Ett citat eller en uppgift utan källa får inte stå här."

CHOOSE, NOT_SAID = "Välj", "uppgift saknas"


class RowForm(WagtailAdminModelForm):
    """A form whose rows, and whose rows' rows, are checked against each other."""

    # Formset → the field that may not say the same twice, and what is told when it does. The
    # innermost come first: a form that has been checked says nothing more of its rows.
    once: dict[str, tuple[str, str]] = {}
    may_rest_on_laws = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _put_in_words(type(self))
        super().__init__(*args, **kwargs)

    def clean(self) -> Any:
        """Check the rows together."""
        cleaned = super().clean()
        for name, (field, message) in self.once.items():
            for formset in _formsets(self, name.split(".")):
                _refuse_twice(formset, field, message)
        if "sources" in self.fields:
            given = self.cleaned_data.get("sources", "")
            if error := unknown_sources(given, or_laws=self.may_rest_on_laws):
                self.add_error("sources", error)
        return cleaned


def _put_in_words(form: Any) -> None:
    """Say in Swedish, in a class of forms and those of its rows, what Wagtail leaves unsaid."""
    for name, field in form.base_fields.items():
        if name == "source":
            field.error_messages["required"] = NO_SOURCE
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = CHOOSE if field.empty_label is not None else None
        elif isinstance(field, forms.ChoiceField) and not callable(field.choices):
            empty = CHOOSE if field.required else NOT_SAID
            field.choices = [each if each[0] else ("", empty) for each in field.choices]
    for formset in form.formsets.values():
        _put_in_words(formset.form)


def _formsets(form: Any, names: list[str]) -> Iterator[Any]:
    """Yield the formsets called *names*, the first of *form*, the next of its forms."""
    formset = form.formsets[names[0]]
    if len(names) == 1:
        yield formset
        return
    for below in formset.forms:
        yield from _formsets(below, names[1:])


def kept(formset: Any) -> Iterator[Any]:
    """Yield the forms of *formset* that are filled in and not taken away."""
    for form in formset.forms:
        form.is_valid()
        if not formset._should_delete_form(form):
            yield form


def _refuse_twice(formset: Any, field: str, message: str) -> None:
    seen: set[Any] = set()
    for form in kept(formset):
        value = form.cleaned_data.get(field)
        if value and value in seen:
            form.add_error(field, message.format(value))
        seen |= {value}


class GlossaryTermForm(RowForm):
    """A word, whose explanation may rest on a law and whose page must be one there is."""

    may_rest_on_laws = True

    def clean_page(self) -> str:
        """Take an address as it is written, with or without slashes around it."""
        path: str = self.cleaned_data["page"].strip().strip("/")
        if path and not documents.alive_paths([path]):
            raise forms.ValidationError(
                f"Det finns ingen publicerad sida på {path}. Skriv adressen som den står efter "
                "portalens namn, till exempel valdets-uttryck/latent-vald."
            )
        return path


def unknown_sources(text: str, *, or_laws: bool = False) -> str:
    """Return what is wrong with keys of sources written with spaces between, or nothing."""
    wanted = (text or "").split()
    here = set(Source.objects.filter(key__in=wanted).values_list("key", flat=True))
    if or_laws:
        here |= set(LegalProvision.objects.filter(key__in=wanted).values_list("key", flat=True))
    return _unknown("Källan", "Källorna", [key for key in wanted if key not in here])


def _unknown(one: str, many: str, keys: list[str]) -> str:
    if not keys:
        return ""
    what = one if len(keys) == 1 else many
    return f"{what} {', '.join(keys)} finns inte. Skriv nycklar som finns, med mellanslag emellan."


def _refuse_astray(form: Any, known: Iterable[str]) -> None:
    """Refuse an indicator that follows an activity that is not among *known*."""
    if not hasattr(form, "cleaned_data"):
        return
    wanted = (form.cleaned_data.get("follows") or "").split()
    known = set(known)
    error = _unknown("Aktiviteten", "Aktiviteterna", [key for key in wanted if key not in known])
    if error:
        there = f" I utgåvan finns {', '.join(sorted(known))}." if known else ""
        form.add_error("follows", error + there)


class GoalForm(RowForm):
    """A goal with all its rows. They belong to the goal's edition, which stays the same."""

    once = {
        "activities.responsibilities": (
            "board",
            "Nämnden {} står två gånger på raden. Ta bort den ena.",
        ),
        "activities.areas": ("key", "Området {} står två gånger på raden. Ta bort det ena."),
        "activities": ("key", "Nyckeln {} står två gånger. Välj en annan för den ena raden."),
        "concerns": ("board", "Nämnden {} står två gånger. Ta bort den ena raden."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["edition"].disabled = True

    def clean(self) -> Any:
        """Give the rows their edition, check them, and see that indicators follow what there is."""
        edition = self.cleaned_data.get("edition")
        for name in ("activities", "indicators"):
            for form in self.formsets[name].forms:
                form.instance.edition = edition
        cleaned = super().clean()
        here = {form.cleaned_data.get("key") for form in kept(self.formsets["activities"])}
        others = Activity.objects.filter(edition=edition).exclude(goal=self.instance.pk or 0)
        elsewhere = set(others.values_list("key", flat=True)) if edition else set()
        for form in kept(self.formsets["indicators"]):
            _refuse_astray(form, elsewhere | here - {None, ""})
        return cleaned


class ActivityForm(RowForm):
    """An activity without a goal."""

    once = {
        "responsibilities": ("board", "Nämnden {} står två gånger på raden. Ta bort den ena."),
        "areas": ("key", "Området {} står två gånger på raden. Ta bort det ena."),
    }


class IndicatorForm(RowForm):
    """An indicator without a goal."""

    def clean(self) -> Any:
        """See that it follows activities of its own edition."""
        cleaned = super().clean()
        edition = self.cleaned_data.get("edition")
        keys = Activity.objects.filter(edition=edition).values_list("key", flat=True)
        _refuse_astray(self, keys if edition else [])
        return cleaned


class EditionForm(RowForm):
    """An edition. A draft becomes the one in force by being published, not in the form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        status = self.fields["status"]
        if not self.instance.pk or self.instance.status == EditionStatus.DRAFT:
            self.initial["status"] = EditionStatus.DRAFT
            status.disabled = True
            status.help_text = "Ett förslag syns bara för redaktörer, tills det publiceras."
        else:
            status.choices = [each for each in status.choices if each[0] != EditionStatus.DRAFT]
        others = Edition.objects.exclude(pk=self.instance.pk)
        self.fields["replaces"].queryset = others.exclude(status=EditionStatus.DRAFT)

    def clean(self) -> Any:
        """See that the steps of the year name sources that there are."""
        cleaned = super().clean()
        for form in kept(self.formsets["steps"]):
            if error := unknown_sources(form.cleaned_data.get("sources", "")):
                form.add_error("sources", error)
        return cleaned


class NewEditionForm(forms.Form):
    """What a new edition is called and when it holds."""

    title = forms.CharField(
        label="Titel", max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Programmets namn, ordagrant.",
    )  # fmt: skip
    period_start = forms.IntegerField(label="Från och med år", min_value=1900, max_value=2200)
    period_end = forms.IntegerField(label="Till och med år", min_value=1900, max_value=2200)

    def clean(self) -> Any:
        """Refuse a period that ends before it starts or that another edition has."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("period_start"), cleaned.get("period_end")
        if start and end and end < start:
            self.add_error("period_end", "Perioden slutar innan den börjar. Ange ett senare år.")
        elif start and Edition.objects.filter(period_start=start, period_end=end).exists():
            self.add_error("period_start", "Det finns redan en utgåva med den perioden. Ändra den.")
        return cleaned

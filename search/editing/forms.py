"""The forms of the search's words: what is wrong is told at the field, with what to do."""

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm

from search.effects import Effects
from search.models import SearchPassage, path_in


def open_path(address: str) -> str:
    """Return the path of a page that can be found, however much of its address was written."""
    path = path_in(address)
    if path and not SearchPassage.objects.filter(path=path, page__live=True).exists():
        raise forms.ValidationError(
            f"Det finns ingen publicerad sida på {path}. Skriv adressen som den står efter "
            "portalens namn, till exempel vagledning/akut-fara."
        )
    return path


class WordsForm(WagtailAdminModelForm):
    """A form that can show what a change would do."""

    effects: Effects | None = None


class PathForm(WordsForm):
    """A form that names a page, which must be one that can be found."""

    def clean_path(self) -> str:
        """Take the address in its one form."""
        return open_path(self.cleaned_data["path"])


class KeywordForm(forms.Form):
    """Which page a search should lead to from now on."""

    path = forms.CharField(
        label="Sida", max_length=255, error_messages={"required": "Skriv sidans adress."}
    )

    def clean_path(self) -> str:
        """Take the address in its one form."""
        return open_path(self.cleaned_data["path"])

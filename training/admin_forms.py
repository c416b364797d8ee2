"""What the editor asks of a module before it is published, and how one is copied."""

from typing import Any

from wagtail.admin.forms.pages import CopyForm

from content.admin_forms import TextPageForm


class ModuleForm(TextPageForm):
    """A module's form. A draft may be unfinished; what is published may not."""

    def clean(self) -> dict[str, Any]:
        """Ask what changes, and for lessons with addresses of their own."""
        cleaned: dict[str, Any] = super().clean()
        if self.is_deferred_validation:
            return cleaned
        # Which value means "editorial" is the model's to say; this module lies below it.
        editorial = self._meta.model._meta.get_field("change_kind").default
        kind = cleaned.get("change_kind")
        if kind and kind != editorial and not (cleaned.get("change_note") or "").strip():
            self.add_error(
                "change_note",
                "Skriv vad som ändras den här gången. Den som redan är klar med modulen ser det.",
            )
        slugs = [str(block.value["slug"]) for block in cleaned.get("lessons") or []]
        if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
            self.add_error(
                "lessons",
                f"Två lektioner har samma adress: {', '.join(twice)}. Ge varje lektion en egen.",
            )
        return cleaned


class ModuleCopyForm(CopyForm):
    """Copies a module as a draft of its own: evidence belongs to one module and its blocks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("alias", "publish_copies"):
            self.fields.pop(name, None)

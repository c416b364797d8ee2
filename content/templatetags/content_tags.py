"""Drawing texts."""

from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from content import tree
from content.blocks import template_of
from content.documents import Ready
from content.known import phone, shipped_phone
from content.models import Register

register = template.Library()
register.simple_tag(phone)
register.simple_tag(shipped_phone)


@register.simple_tag
def document(blocks: list[dict[str, Any]]) -> SafeString:
    """Draw the blocks of a ready document, each by the template of its kind, once."""
    if isinstance(blocks, Ready) and blocks.html is not None:
        return blocks.html
    parts = [get_template(template_of(block["kind"])).render({"block": block}) for block in blocks]
    if isinstance(blocks, Ready) and blocks.terms:
        place = tree.now().at(Register.GLOSSARY)
        context = {"terms": blocks.terms, "glossary": place.url if place else ""}
        parts.append(get_template("content/term_tips.html").render(context))
    html = mark_safe("".join(parts))  # noqa: S308  # each part is a rendered template
    if isinstance(blocks, Ready):
        blocks.html = html
    return html

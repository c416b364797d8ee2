"""Parts of a page that are the same for every reader, drawn once.

What they are drawn from is given beforehand, and nothing else can be seen in there: not the
request, not the account, not the form token. So nothing of one reader can be shown to another. They
live as long as the facts that they are kept with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.template import Context
from django.template.base import Node, NodeList, Parser, Token
from django.utils.safestring import SafeString


@dataclass
class Kept:
    """The facts that parts are drawn from, and the parts drawn so far, by name."""

    facts: Mapping[str, Any]
    drawn: dict[str, SafeString] = field(default_factory=dict)


class KeptNode(Node):
    """A part of a template that is drawn once for each `Kept`."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Return the part. Where nothing is kept, as in a preview, it is drawn each time."""
        kept: Kept | None = context.get("kept")
        if kept is None:
            return self.nodelist.render(context)
        if self.name not in kept.drawn:
            kept.drawn[self.name] = self.nodelist.render(context.new(dict(kept.facts)))
        return kept.drawn[self.name]


def compile_kept(parser: Parser, token: Token) -> KeptNode:
    """Read `{% kept name %}…{% endkept %}`. The name is one of its own in all templates."""
    name = token.split_contents()[1]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(name, nodelist)

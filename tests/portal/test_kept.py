"""Parts of a page that are drawn once for every reader."""

import pytest
from django.template import engines
from django.test import RequestFactory

from portal.kept import Kept


@pytest.fixture
def draw(rf: RequestFactory):
    def draw(source: str, context: dict[str, object]) -> str:
        request = rf.get("/en-adress/")
        return (
            engines["django"]
            .from_string("{% load portal_tags %}" + source)
            .render(context, request)
        )

    return draw


class TestAKeptPart:
    def test_is_drawn_from_its_facts(self, draw):
        kept = Kept({"title": "Orosanmälan & sedan"})

        html = draw("{% kept a %}<b>{{ title }}</b>{% endkept %}", {"kept": kept})

        assert html == "<b>Orosanmälan &amp; sedan</b>"

    def test_is_drawn_once(self, draw):
        facts = {"title": "Först"}
        kept = Kept(facts)
        draw("{% kept a %}{{ title }}{% endkept %}", {"kept": kept})
        facts["title"] = "Sedan"

        assert draw("{% kept a %}{{ title }}{% endkept %}", {"kept": kept}) == "Först"

    def test_is_not_another_part(self, draw):
        kept = Kept({"title": "Text"})

        html = draw("{% kept a %}1{% endkept %}{% kept b %}2{% endkept %}", {"kept": kept})

        assert html == "12"

    @pytest.mark.parametrize(
        "of_the_reader",
        [
            "{{ request.path }}",
            "{{ request.user }}",
            "{{ user }}",
            "{{ csrf_token }}",
            "{{ perms }}",
            "{{ messages }}",
            "{{ name }}",
        ],
    )
    def test_sees_nothing_of_the_reader(self, draw, of_the_reader):
        """Else what was drawn for one would be shown to the next."""
        context = {"kept": Kept({"title": "Text"}), "name": "Ada", "user": "ada", "perms": "p"}

        html = draw(f"{{% kept a %}}[{of_the_reader}]{{% endkept %}}", context)

        assert html == "[]"

    def test_says_the_same_where_nothing_is_kept(self, draw):
        source = "{% kept a %}{{ title }}{% endkept %}"

        assert draw(source, {"title": "Utkast"}) == "Utkast"
        assert draw(source, {"title": "Nytt utkast"}) == "Nytt utkast"

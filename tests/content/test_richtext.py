"""Text between files, editor and reader: nothing lost, nothing dangerous let through."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.richtext import (
    MarkdownFault,
    html_to_markdown,
    markdown_to_html,
    page_ids,
    plain,
    readable,
    unquoted,
)

# A busy machine must not fail a test.
steady = settings(deadline=None, max_examples=60)

PATHS = {5: "vagledning/akut-fara", 6: ""}
IDS = {path: pk for pk, path in PATHS.items()}


def there_and_back(markdown: str) -> str:
    return html_to_markdown(markdown_to_html(markdown, resolve=IDS.get), path_of=PATHS.get)


def and_again(value: str) -> tuple[str, str]:
    """Return the Markdown of *value*, and the Markdown of what that is read as."""
    first = html_to_markdown(value, path_of=PATHS.get)
    return first, there_and_back(first)


# --- What an editor may have written ------------------------------------------------------------

# Characters that mean something in Markdown, HTML, the files or to a line of text.
words = st.text(
    st.sampled_from("abåö 1.)-+*_#:[]()<>{}!&;`\\|\"”'/D\u00a0\u2028\n\t")
    | st.characters(codec="utf-8"),
    min_size=1,
    max_size=12,
).map(lambda text: html.escape(text, quote=False))

addresses = st.sampled_from(
    [
        'linktype="page" id="5"',
        'linktype="page" id="6"',
        'linktype="page" id="404"',
        'href="https://exempel.se/å(b)?a=1&amp;b=2"',
        'href="/vagledning/#rubrik"',
        'href="tel:112"',
        'href="mailto:a@b.se"',
        'href="//evil.example/"',
        'href="javascript:alert(1)"',
    ]
)


def marked(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map(lambda text: f"<b>{text}</b>"),
        inner.map(lambda text: f"<i>{text}</i>"),
        st.tuples(addresses, inner).map(lambda pair: f"<a {pair[0]}>{pair[1]}</a>"),
        st.lists(inner, min_size=2, max_size=3).map("".join),
    )


inline = st.recursive(words, marked, max_leaves=6)


def listed(item: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(item.map(lambda text: f"<li>{text}</li>"), min_size=1, max_size=3).map("".join)
    return st.tuples(st.sampled_from(["ul", "ol"]), items).map(
        lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"
    )


lists = listed(inline | st.tuples(inline, listed(inline)).map("".join))
rich_texts = st.lists(
    inline.map(lambda text: f"<p>{text}</p>") | lists, min_size=1, max_size=4
).map("".join)


class TestRoundTrips:
    @steady
    @given(rich_texts)
    def test_what_an_editor_wrote_is_the_same_text_after_a_file(self, value: str) -> None:
        first, second = and_again(value)

        assert second == first

    @steady
    @given(rich_texts)
    def test_no_word_is_lost_on_the_way_to_a_file_and_back(self, value: str) -> None:
        again = markdown_to_html(html_to_markdown(value, path_of=PATHS.get))

        assert "".join(printable(plain(again))) == "".join(printable(plain(value)))

    @steady
    @given(inline)
    def test_a_paragraph_never_becomes_a_list_a_heading_or_a_block(self, value: str) -> None:
        markdown = html_to_markdown(f"<p>{value}</p>")

        assert "\n" not in markdown
        assert len(markdown.splitlines()) <= 1
        assert not markdown.startswith(("#", ":::", "- ", "+ ", "* "))
        assert "<li>" not in markdown_to_html(markdown)

    @pytest.mark.parametrize(
        "markdown",
        [
            "Ett stycke.\n\nEtt till.",
            "**Fet**, *kursiv* och ***båda***.",
            "**fet med *kursiv* i** och **fet [länk](/a/) i**",
            "- ett\n- två\n  - två och ett halvt\n- tre",
            "1. ett\n2. två\n   - under",
            "Ring [112](tel:112) eller [läs](/vagledning/akut-fara/).",
            "[Ett avsnitt](/vagledning/akut-fara/#rubrik) och [startsidan](/).",
            "10 000 kronor",
        ],
    )
    def test_the_files_own_form_stays_as_it_is(self, markdown: str) -> None:
        assert there_and_back(markdown) == markdown

    def test_a_list_with_space_between_its_items_is_the_same_list(self) -> None:
        assert there_and_back("- ett\n\n- två\n\n  mer om två") == "- ett\n- två mer om två"

    def test_two_lists_in_a_row_are_one_as_in_markdown(self) -> None:
        assert and_again("<ul><li>a</li></ul><ul><li>b</li></ul>") == ("- a\n- b", "- a\n- b")

    def test_empty_paragraphs_items_and_links_leave_nothing_behind(self) -> None:
        value = '<p> </p><ul><li></li></ul><p><b> </b><a href="/a/"> </a></p>'

        assert html_to_markdown(value) == ""

    def test_a_mark_that_markdown_cannot_say_goes_and_the_words_stay(self) -> None:
        assert html_to_markdown("<p>ord<b>.</b>mer</p>") == "ord.mer"

    def test_spaces_at_the_edge_of_a_mark_are_put_outside_it(self) -> None:
        assert html_to_markdown("<p>a<b> b </b>c</p>") == "a **b** c"

    def test_line_breaks_become_spaces(self) -> None:
        assert html_to_markdown("<p>a<br/>b\u2028c</p>") == "a b c"

    def test_an_unknown_tag_leaves_its_words(self) -> None:
        assert html_to_markdown("<h2>a</h2><p><span>b</span>c</p>") == "a\n\nbc"


def printable(text: str) -> list[str]:
    """The characters of *text* that are seen."""
    return [character for character in text if not character.isspace() and character.isprintable()]


class TestAParagraphThatLooksLikeSomethingElse:
    @pytest.mark.parametrize(
        "words",
        [
            "1. april",
            "1) april",
            "- streck",
            "+ plus",
            "-",
            "1.",
            "# ett",
            "::: note",
            "* a",
            "{D0}",
        ],
    )
    def test_is_still_a_paragraph_after_a_file(self, words: str) -> None:
        markdown = html_to_markdown(f"<p>{words}</p>")

        assert markdown_to_html(markdown) == f"<p>{words}</p>"
        assert not re.match(r"[-+*#:{]|\d+[.)]", markdown)

    def test_so_is_a_list_item(self) -> None:
        value = "<ul><li>- a</li><li>1. b</li></ul>"

        assert markdown_to_html(html_to_markdown(value)) == value


class TestLinks:
    def test_to_a_page_are_kept_as_its_id(self) -> None:
        value = markdown_to_html("[a](/vagledning/akut-fara/)", resolve=IDS.get)

        assert value == '<p><a linktype="page" id="5">a</a></p>'

    def test_to_an_unknown_page_or_to_an_anchor_keep_their_path(self) -> None:
        value = markdown_to_html("[a](/x/) [b](/vagledning/akut-fara/#c)", resolve=IDS.get)

        assert value == '<p><a href="/x/">a</a> <a href="/vagledning/akut-fara/#c">b</a></p>'

    def test_to_a_page_that_is_gone_leave_their_words(self) -> None:
        assert html_to_markdown('<p><a linktype="page" id="9">a</a> b</p>') == "a b"

    def test_with_brackets_and_ampersands_survive(self) -> None:
        value = '<p><a href="https://a.se/(b?x=1&amp;copy;=2">a</a></p>'

        assert markdown_to_html(html_to_markdown(value)) == value

    def test_after_an_exclamation_mark_are_not_pictures(self) -> None:
        markdown = html_to_markdown('<p>Se!<a href="/a/">hit</a></p>')

        assert not re.search(r"(?<!\\)!\[", markdown)
        assert markdown_to_html(markdown) == '<p>Se!<a href="/a/">hit</a></p>'

    @pytest.mark.parametrize(
        "href",
        [
            "//evil.example/",
            "ftp://a.se",
            "sida",
            "tel:ring",
            "data:text/html,x",
        ],
    )
    def test_to_elsewhere_are_refused_in_files_with_what_to_do(self, href: str) -> None:
        with pytest.raises(MarkdownFault, match="går inte till https"):
            markdown_to_html(f"[a](<{href}>)" if "data:" not in href else "[a](ftp:x)")

    @pytest.mark.parametrize("scheme", ["javascript:", "JaVaScRiPt:", "vbscript:", "data:"])
    def test_that_run_code_are_only_text(self, scheme: str) -> None:
        value = markdown_to_html(f"[a]({scheme}alert%281%29)")

        assert "<a" not in value


class TestHtmlInMarkdown:
    def test_is_shown_as_the_characters_it_is(self) -> None:
        value = markdown_to_html("<script>alert(1)</script> <b>fet</b> &lt; &amp;")

        assert value == (
            "<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;fet&lt;/b&gt; &amp;lt; &amp;amp;</p>"
        )

    def test_of_other_kinds_than_the_subset_is_only_words(self) -> None:
        value = markdown_to_html("> citat\n\n`kod`\n\n![bild](/x.png)\n\n| a |")

        assert re.findall(r"<(\w+)", value) == ["p", "p", "p", "a", "p"]


class TestReadable:
    """What a reader gets of what Wagtail keeps."""

    def test_page_links_get_their_addresses_whatever_the_order_of_attributes(self) -> None:
        value = '<p data-block-key="x"><a id="5" linktype="page">a</a></p>'

        assert page_ids(value) == {5}
        assert readable(value, {5: "/a/"}) == '<p><a href="/a/">a</a></p>'

    def test_dead_page_links_leave_their_words(self) -> None:
        assert (
            readable('<p><a linktype="page" id="5">a <b>b</b></a></p>', {}) == "<p>a <b>b</b></p>"
        )

    def test_other_sites_are_not_told_where_the_reader_came_from(self) -> None:
        assert readable('<a href="https://a.se/">a</a>', {}) == (
            '<a rel="noopener noreferrer" href="https://a.se/">a</a>'
        )

    @pytest.mark.parametrize(
        "href",
        [
            "javascript:alert(1)",
            " javascript:alert(1)",
            "java&#115;cript:alert(1)",
            "&#1;javascript:alert(1)",
            "vbscript:x",
            "data:text/html;base64,PHNjcmlwdD4=",
            "//evil.example",
            "&#x2f;/evil.example",
            "\\\\evil.example",
        ],
    )
    def test_dangerous_links_leave_their_words(self, href: str) -> None:
        assert readable(f'<p><a href="{href}">a</a></p>', {}) == "<p>a</p>"

    def test_a_backslash_does_not_lead_to_another_site(self) -> None:
        assert readable('<a href="/\\evil.example">a</a>', {}) == '<a href="/%5Cevil.example">a</a>'

    @pytest.mark.parametrize(
        "value",
        [
            "<script>alert(1)</script>",
            '<img src="x" onerror="alert(1)">',
            '<p onclick="alert(1)">a</p>',
            '<b style="x">a</b>',
            '<a href="/a/" onclick="alert(1)">a</a>',
            "<svg/onload=alert(1)>",
            "<!-- a --><iframe src=/x></iframe>",
            '<p title="<script>">a</p>',
            "<scr<script>ipt>alert(1)</script>",
        ],
    )
    def test_nothing_but_the_known_tags_comes_out(self, value: str) -> None:
        shown = readable(value, {})

        assert not re.search(r"<(?!/?(?:p|b|a|i|ul|ol|li|br)>|a (?:rel=[^>]* )?href=)", shown)
        assert not re.search(r"<[^>]*(?:on\w+|style)=", shown)

    @steady
    @given(st.text(st.sampled_from("<>/\"'= ascriptonx&;:#\n"), max_size=60))
    def test_whatever_is_stored_only_known_tags_come_out(self, value: str) -> None:
        shown = readable(value, {})

        assert not re.search(
            r"<(?!/?(?:p|b|strong|i|em|ul|ol|li|br|a)>|a (?:rel=\S+ \S+ )?href=)", shown
        )

    @steady
    @given(rich_texts)
    def test_words_are_the_same_as_the_editors(self, value: str) -> None:
        assert plain(readable(value, {5: "/a/"})) == plain(value)


class TestPlain:
    def test_puts_each_paragraph_and_item_on_a_line_of_its_own(self) -> None:
        assert plain("<p>a<br>b</p><ul><li>c<ul><li>d &amp; e</li></ul></li></ul>") == (
            "a\nb\nc\nd & e"
        )


class TestUnquoted:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("”Jag såg det.”", "Jag såg det."),
            ('"Jag såg det."', "Jag såg det."),
            ("begreppet ”våld i nära relation”", "begreppet ”våld i nära relation”"),
            ("”Våld” och ”hot”", "”Våld” och ”hot”"),
            ("på\n två rader", "på två rader"),
            ("”10\u00a0000\u2028kronor”", "10\u00a0000 kronor"),
            ("”", "”"),
        ],
    )
    def test_takes_away_only_marks_around_the_whole(self, text: str, wanted: str) -> None:
        assert unquoted(text) == wanted

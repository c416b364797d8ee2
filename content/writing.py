"""From plain data back to text files, in the one form that `content.parsing` reads."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from content import richtext
from content.documents import Block, Document


class _Dumper(yaml.SafeDumper):
    """YAML as a person would write it: long text folded, lists indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        """Indent lists under their key."""
        return super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    # Line breaks that only YAML 1.1 knows would be read as spaces.
    style = '"' if re.search("[\x85\u2028\u2029]", value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(value: Any) -> str:
    """Return *value* as YAML in the order given."""
    text: str = yaml.dump(
        value,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=100,
        default_flow_style=False,
    )
    return text


def write_text(front: Mapping[str, Any], body: Document) -> str:
    """Return a whole file: front matter without empty values, then the body."""
    kept = {
        name: value
        for name, value in front.items()
        if value not in (None, "", [], {}) or isinstance(value, bool | date)
    }
    return f"---\n{to_yaml(kept)}---\n\n{write_body(body)}"


def write_body(document: Document) -> str:
    """Return *document* as Markdown."""
    return "\n\n".join(_write(block) for block in _joined(document)) + "\n"


def _joined(document: Document) -> Document:
    """Return *document* with texts that follow each other as one: a file cannot tell them apart."""
    result: Document = []
    for block in document:
        last = result[-1] if result else None
        if last and all(each["kind"] == "text" and not each["sources"] for each in (last, block)):
            text = richtext.markdown_to_html(f"{last['text']}\n\n{block['text']}")
            result[-1] = last | {"text": richtext.html_to_markdown(text)}
        else:
            result.append(block)
    return result


def _mark(reference: Mapping[str, str]) -> str:
    locator = reference["locator"].replace("{", "(").replace("}", ")")
    return "{" + f"{reference['key']} {locator}".strip() + "}"


def _references(block: Block) -> str:
    if any(re.search(r"[,;|]", ref["locator"]) for ref in block["sources"]):
        return " ".join(_mark(ref) for ref in block["sources"]).replace("|", "/")
    return ", ".join(f"{ref['key']} {ref['locator']}".strip() for ref in block["sources"])


def _fence(kind: str, words: str, text: str) -> str:
    return f"{f'::: {kind} {words}'.strip()}\n{text}\n:::"


def _write(block: Block) -> str:
    kind = block["kind"]
    if kind == "heading":
        return f"{'#' * int(block['level'])} {block['text']}"
    if kind == "text":
        # A source stands for the paragraph that it ends, and for no other.
        marks = " ".join(_mark(ref) for ref in block["sources"])
        return "\n\n".join(f"{part} {marks}".strip() for part in block["text"].split("\n\n"))
    if kind == "steps":
        parts = [f"### {step['title']}\n{step['text']}".strip() for step in block["steps"]]
        return _fence(kind, "", "\n".join(parts))
    if kind == "faq":
        parts = [f"### {item['question']}\n{item['answer']}" for item in block["items"]]
        return _fence(kind, "", "\n".join(parts))
    if kind == "ask":
        return _fence(
            kind, "", "\n".join(f"- {richtext.unquoted(each)}" for each in block["phrases"])
        )
    if kind == "law":
        return _fence(kind, block["provision"], block["text"])
    if kind in {"quote", "reported"}:
        of = f" | {block['of']}" if block.get("of") else ""
        text = richtext.unquoted(block["text"]) if kind == "quote" else block["text"]
        return _fence(kind, _references(block) + of, text)
    if kind == "contact":
        return f"::: contact {block['contact']}\n:::"
    if kind == "depth":
        return "::: depth\n:::"
    if kind == "statistic":
        names = ("value", "unit", "group", "year", "note")
        return _fence(
            kind, _references(block), to_yaml({name: block[name] for name in names}).strip()
        )
    if kind == "table":
        rows = [block["table"]["head"], *block["table"]["rows"]]
        lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
        lines.insert(1, "|" + "---|" * len(rows[0]))
        return _fence(kind, block["caption"], "\n".join(lines))
    if kind in {"sheet", "case"}:
        return _fence(kind, block["title"], block["text"])
    if kind == "reflect":
        return _fence(kind, "", f"{block['question']}\n\n### Vårt svar\n{block['answer']}")
    return _fence(kind, "", block["text"])


def _cell(text: str) -> str:
    """Return *text* in one line: a cell has no room for paragraphs."""
    return re.sub(r"\s*\n\s*", " ", text).replace("|", "\\|")

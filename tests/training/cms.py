"""What the editor's form sends, made from what Wagtail has stored."""

from typing import Any

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.test.utils.form_data import rich_text

from training.models import ModulePage


def form_data(page: ModulePage, **fields: Any) -> dict[str, Any]:
    """Return the POST data of the form of *page* as it stands, with *fields* changed.

    Streams are given as they are stored: lists of blocks with type, id and value.
    """
    draft = page.get_latest_revision_as_object()
    form_class = ModulePage.get_edit_handler().get_form_class()
    data: dict[str, Any] = {"comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}
    for field in ModulePage._meta.fields:
        name = field.name
        if name not in form_class.base_fields:
            continue
        value = fields.pop(name, None)
        if isinstance(field.formfield(), blocks.BlockField):
            raw = getattr(draft, name).get_prep_value() if value is None else value
            data |= _block(field.stream_block, raw, name)
        else:
            stored = field.value_from_object(draft) if value is None else value
            data |= {} if stored is None or stored is False else {name: stored}
    return data | fields


def _block(block: Any, value: Any, prefix: str) -> dict[str, Any]:
    if isinstance(block, blocks.StreamBlock):
        children = [(block.child_blocks[item["type"]], item) for item in value]
        return _sequence(children, prefix, typed=True)
    if isinstance(block, blocks.ListBlock):
        return _sequence([(block.child_block, item) for item in value or []], prefix, typed=False)
    if isinstance(block, blocks.StructBlock):
        found: dict[str, Any] = {}
        for name, child in block.child_blocks.items():
            found |= _block(child, value.get(name), f"{prefix}-{name}")
        return found
    if isinstance(block, TypedTableBlock):
        return _table(block, value, prefix)
    if isinstance(block, blocks.RichTextBlock):
        return {prefix: rich_text(value or "", features=block.features)}
    if isinstance(block, blocks.BooleanBlock):
        return {prefix: "on"} if value else {}
    return {prefix: "" if value is None else value}


def _sequence(children: list[tuple[Any, Any]], prefix: str, *, typed: bool) -> dict[str, Any]:
    data: dict[str, Any] = {f"{prefix}-count": len(children)}
    for number, (child, item) in enumerate(children):
        place = f"{prefix}-{number}"
        data |= {f"{place}-id": item["id"], f"{place}-order": number, f"{place}-deleted": ""}
        data |= {f"{place}-type": item["type"]} if typed else {}
        data |= _block(child, item["value"], f"{place}-value")
    return data


def _table(block: TypedTableBlock, value: Any, prefix: str) -> dict[str, Any]:
    columns, rows = value["columns"], value["rows"]
    data: dict[str, Any] = {
        f"{prefix}-caption": value["caption"],
        f"{prefix}-column-count": len(columns),
        f"{prefix}-row-count": len(rows),
    }
    for number, column in enumerate(columns):
        place = f"{prefix}-column-{number}"
        data |= {f"{place}-type": column["type"], f"{place}-order": number}
        data |= {f"{place}-heading": column["heading"], f"{place}-deleted": ""}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-row-{number}-order": number, f"{prefix}-row-{number}-deleted": ""}
        for place, (column, cell) in enumerate(zip(columns, row["values"], strict=True)):
            child = block.child_blocks[column["type"]]
            data |= _block(child, cell, f"{prefix}-cell-{number}-{place}")
    return data

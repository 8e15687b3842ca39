"""What is changed in the text of a stack.xml, to the byte."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.mypaint.ora.stack_text import StackText
from dreambrush.mypaint.ora.stack_xml import MYPAINT, parse_stack_xml

URI = MYPAINT[1:-1]
PLAIN = '<stack name="N" />'


def changed(
    text: str | bytes, above: tuple[int, ...] | None = None, deselect: bool = False, settings: str | None = None
) -> str:
    data = text.encode() if isinstance(text, str) else text
    parse_stack_xml(data)
    new = StackText(data).changed(ET.Element("stack", {"name": "N"}), above, deselect=deselect, settings=settings)
    parse_stack_xml(new)
    return new.decode()


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("<image>", f'<image xmlns:mypaint="{URI}" mypaint:json-settings="s.json">'),
        ("<image\n a='>' >", f'<image\n a=\'>\' xmlns:mypaint="{URI}" mypaint:json-settings="s.json" >'),
        (f"<image xmlns:p='{URI}'>", f"<image xmlns:p='{URI}' p:json-settings=\"s.json\">"),
        (
            f"<image xmlns:mypaint='urn:a' xmlns:mypaint2='{URI}2'>",
            f"<image xmlns:mypaint='urn:a' xmlns:mypaint2='{URI}2' xmlns:mypaint3=\"{URI}\""
            ' mypaint3:json-settings="s.json">',
        ),
        (
            f'<image o:json-settings="no" p:json-settings = \'gone.json\' xmlns:p="{URI}" xmlns:o="urn:o">',
            f'<image o:json-settings="no" p:json-settings = "s.json" xmlns:p="{URI}" xmlns:o="urn:o">',
        ),
    ],
)
def test_settings_are_named_in_mypaints_namespace(image: str, expected: str) -> None:
    rest = "<stack><layer/></stack></image>"
    text = changed(image + rest, settings="s.json")
    assert text == f"{expected}<stack>{PLAIN}<layer/></stack></image>"
    assert parse_stack_xml(text.encode())[0].get(f"{MYPAINT}json-settings") == "s.json"
    assert changed(image + rest) == f"{image}<stack>{PLAIN}<layer/></stack></image>"


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("<stack/>", f"<stack>{PLAIN}</stack>"),
        ("<stack a='/>' />", f"<stack a='/>' >{PLAIN}</stack>"),
        ("<stack a='b'></stack>", f"<stack a='b'>{PLAIN}</stack>"),
        ("<stack> <!-- > --> </stack>", f"<stack>{PLAIN} <!-- > --> </stack>"),
        ("<stack>\n\t<layer/></stack>", f"<stack>\n\t{PLAIN}\n\t<layer/></stack>"),
        ("<stack><!-- a -->\r\n <layer/></stack>", f"<stack><!-- a -->\r\n {PLAIN}\r\n <layer/></stack>"),
    ],
)
def test_a_group_goes_above_all(stack: str, expected: str) -> None:
    assert (
        changed(f"<image><x><stack/></x>{stack}<stack/></image>") == f"<image><x><stack/></x>{expected}<stack/></image>"
    )


def test_a_group_goes_above_an_element_and_knows_where_it_is() -> None:
    before = "<image><stack x='3' y='-2'><layer x='9'/><stack x='10.0' y='5'><layer/>"
    behind = "<layer x='1'/></stack></stack></image>"
    assert changed(before + behind, (1, 1)) == before + PLAIN + behind
    text = StackText((before + behind).encode())
    assert [text.corner(above) for above in (None, (0,), (1,), (1, 1))] == [(3, -2), (3, -2), (3, -2), (13, 3)]
    assert [above in text for above in ((), (0,), (1, 1), (1, 2), (2,), (0, 0))] == [
        False,
        True,
        True,
        False,
        False,
        False,
    ]


def test_only_what_is_selected_is_deselected() -> None:
    text = (
        "<image selected='true'><stack selected='1'><layer n=' selected=\"true\"'\n selected\t=\t'TRUE' a='b'/>"
        "<layer selected='false'/><layer selected='no'/><!-- <layer selected='true'/> --></stack></image>"
    )
    expected = text.replace("<stack selected='1'>", f"<stack>{PLAIN}", 1).replace("\n selected\t=\t'TRUE'", "", 1)
    assert changed(text, deselect=True) == expected


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters='<&"\ufffe\uffff'), max_size=20))
def test_any_encoding_of_any_names(name: str) -> None:
    text = f'<image ä="{name}"><stack>\n  <layer name="{name}" selected="true" b="{name}"/>{name}</stack></image>'
    expected = text.replace(' selected="true"', "").replace("<stack>\n", f"<stack>\n  {PLAIN}\n")
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
        bom = "\ufeff" if encoding == "utf-16-be" else ""
        data = (bom + text).encode(encoding)
        new = StackText(data).changed(ET.Element("stack", {"name": "N"}), None, deselect=True, settings=None)
        assert new == (bom + expected).encode(encoding)

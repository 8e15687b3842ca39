from __future__ import annotations

import json
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as some

from dreambrush.gallery.markup import facts, json_for_script, listed, name, plain, said, table

TEXTS = some.text(some.sampled_from("<>&\"'/={}$`-! \x00\n\r\u2028\u202e\ufeff\U0001f58c/script<!--]]>aé"), max_size=40)


class Reader(HTMLParser):
    """Keeps what a page shows and which tags it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.shown = ""
        self.labels: list[str | None] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.labels += [value for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.shown += data


@given(TEXTS)
def test_text_stays_text(text: str) -> None:
    read = Reader(f'<p title="{said(text)}">{said(text)}</p>')
    assert read.tags == ["p"] and read.shown == read.labels[0] == plain(text)
    assert all(sign.isprintable() for sign in plain(text))


@given(TEXTS)
def test_nothing_ends_a_script_of_data(text: str) -> None:
    written = json_for_script({text: [text, 1.5, None]})
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {text: [text, 1.5, None]}


def test_names_keep_their_direction_and_joiners() -> None:
    assert name("می‌خواهم") == "<bdi>می‌خواهم</bdi>"
    assert name("a\u202eb") == "<bdi>a\ufffdb</bdi>"
    assert name(" ") == "<em>no name</em>"


def test_tables_and_facts() -> None:
    made = table("Strokes & more", ["brush", "strokes"], [[name("<b>"), "1,000"]], numbers=1)
    assert Reader(made).shown.replace("\n", "") == "Strokes & morebrushstrokes<b>1,000"
    assert made.count('class="number"') == 2
    assert facts([("seed", said(7))]) == '<dl class="facts"><div><dt>seed</dt><dd>7</dd></div></dl>'


def test_words_in_a_row() -> None:
    assert [listed(words) for words in ([], ["oil"], ["oil", "ink"], ["oil", "ink", "sable"])] == [
        "",
        "oil",
        "oil and ink",
        "oil, ink and sable",
    ]

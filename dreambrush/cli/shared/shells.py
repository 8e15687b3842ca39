"""What click's completion lacks: answers to ``--brush=o`` in every shell, and to ``set:s`` in bash.

bash splits words at : and =.  Such a word comes in three pieces, and bash replaces only the last one.  zsh and fish
replace the whole word, including the option's name.
"""

from __future__ import annotations

import os

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

BREAKS = (":", "=")  # characters of $COMP_WORDBREAKS that our words contain


class _Bash(BashComplete):
    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and the word at the cursor.  Split words are put together again."""
        last = int(os.environ["COMP_CWORD"])
        pieces = split_arg_string(os.environ["COMP_WORDS"])[: last + 1]
        pieces += [""] * (last + 1 - len(pieces))  # empty pieces get lost
        words: list[str] = []
        for number, piece in enumerate(pieces):
            if number > 1 and (piece in BREAKS or pieces[number - 1] in BREAKS):
                words[-1] += piece
            else:
                words.append(piece)
        return words[1:-1], words[-1]

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """The answers, without the part before the last colon."""
        items = super().get_completions(args, incomplete)
        value = incomplete.removeprefix(_option(incomplete))
        for item in items:
            if item.type == "plain" and ":" in value:
                item.value = item.value.removeprefix(value.rpartition(":")[0] + ":")
        return items


class _Zsh(ZshComplete):
    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """The answers, each a whole word."""
        return _whole(super().get_completions(args, incomplete), incomplete)


class _Fish(FishComplete):
    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """The answers, each a whole word."""
        return _whole(super().get_completions(args, incomplete), incomplete)


def _option(word: str) -> str:
    """``--brush=`` for ``--brush=o``; "" for any other word."""
    name, equals, _ = word.partition("=")
    return name + equals if equals and name.startswith("--") else ""


def _whole(items: list[CompletionItem], incomplete: str) -> list[CompletionItem]:
    for item in items:
        if item.type == "plain":
            item.value = _option(incomplete) + item.value
    return items


def prepare() -> None:
    """Make click use these classes."""
    for kind in (_Bash, _Zsh, _Fish):
        add_completion_class(kind)

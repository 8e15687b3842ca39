"""A command whose options take their defaults from settings: variables, TOML files and styles."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource, augment_usage_errors

from dreambrush.cli.shared.errors import on_one_line
from dreambrush.cli.shared.grouped import GroupedCommand
from dreambrush.cli.shared.options import HELP_NAMES
from dreambrush.config import (
    PICTURES,
    STYLE,
    Setting,
    Settings,
    combine,
    setting_of,
    settings_beside,
    settings_of_environment,
    settings_of_file,
    user_file,
)
from dreambrush.errors import DreambrushError, PictureError, UsageError

LIKE = "like"  # the parameter that names references


class ConfiguredCommand(GroupedCommand):
    """Reads settings and uses them as the defaults of its options.

    A context with a default_map of its own reads no settings.  Neither does --help.

    Args:
        only_flags: names of the parameters that only the command line can set.
    """

    def __init__(self, *args: Any, only_flags: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # click keeps the help option of the first context, which may belong to no group (in_style).
        self.context_settings.setdefault("help_option_names", HELP_NAMES)
        self.only_flags = frozenset(only_flags)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words like click, after the settings are read."""
        if ctx.default_map is None and not ctx.resilient_parsing:
            given, _, _ = self.make_parser(ctx).parse_args(list(args))
            help_option = self.get_help_option(ctx)
            if not given.keys() & {"help_all", help_option.name if help_option else None}:
                targets = given.get("targets")
                words = targets if isinstance(targets, tuple | list) else ()
                ctx.default_map = self.defaults(self.settings(ctx, given, [Path(word) for word in words or ["-"]]))
        return super().parse_args(ctx, args)

    def options(self) -> dict[str, click.Option]:
        """The options that settings can set, by their keys.  The key of --min-size is min_size."""
        options = (each for each in self.params if isinstance(each, click.Option) and each.name not in self.only_flags)
        return {_key(option): option for option in options}

    def settings(self, ctx: click.Context, given: dict[str, Any], targets: Iterable[Path]) -> dict[str, Setting]:
        """The settings that apply, by key.  Options that nothing sets are left out.

        Args:
            ctx: the context in which values are checked.
            given: what the command line says, by the names of the parameters.
            targets: the pictures to paint.

        Raises:
            UsageError: a file, a variable or a style is unusable.
        """
        options = self.options()
        lists = [key for key, option in options.items() if option.multiple]
        flags = {_key(each) for each in self.params if isinstance(each, click.Option)} - options.keys()
        typed = {
            key: Setting(given[option.name], "flag", option.opts[-1])
            for key, option in options.items()
            if option.name in given
        }
        levels = [
            settings_of_environment(options, lists),
            settings_beside(targets, options, flags),
            settings_of_file(user_file(), "user", options, flags),
        ]
        levels = [dict(self.checked(ctx, level)) for level in levels]
        if given.get(LIKE):
            if STYLE in typed:
                raise UsageError(
                    "--like and --style cannot be used together.", "Leave one of them out.", id="options-conflict"
                )
            self._check_typed(ctx, given)
            references = self._references(ctx, given[LIKE])
            if not given.get("quiet"):
                click.echo(f"Looking at the hand of {on_one_line(', '.join(map(str, references)))} ...", err=True)
            learned = {key: setting_of(key, each, "style", "--like") for key, each in _learned(references).items()}
            levels = [learned, *({key: each for key, each in level.items() if key != STYLE} for level in levels)]
        found = combine([typed, *levels], lambda style: self.style(ctx, style))
        for key, setting in found.items():
            if setting.level != "flag":
                _try_out(key, setting)
        return found

    def _check_typed(self, ctx: click.Context, given: dict[str, Any]) -> None:
        """Find typing errors now, for to learn of references takes a while.

        Raises:
            click.BadParameter: an option does not take its value.
        """
        for option in self.options().values():
            if isinstance(given.get(option.name or ""), str):
                with augment_usage_errors(ctx, param=option):
                    option.type_cast_value(ctx, given[option.name or ""])

    def _references(self, ctx: click.Context, words: Sequence[str]) -> list[Path]:
        """The references that --like names.

        Raises:
            click.BadParameter: a name is empty.
        """
        option = next(each for each in self.params if each.name == LIKE)
        return [Path(option.type.convert(word, option, ctx)) for word in words]

    def style(self, ctx: click.Context, setting: Setting) -> Settings:
        """The settings of the style that a setting names.

        Raises:
            UsageError: there is no such style, or it is broken.
        """
        from dreambrush.cli.shared.named import style_named

        try:
            style = style_named(str(setting.value))
        except UsageError as error:
            if setting.level == "flag":
                raise
            raise setting.wrong(STYLE, error.message, error.advice) from None
        place = str(style.path)
        found = {key: setting_of(key, value, "style", place) for key, value in style.options.items()}
        return self.checked(ctx, found)

    def in_style(self, name: str) -> click.Context:
        """The context of a command in that style, with no other settings.

        Raises:
            UsageError: there is no such style, or it is broken.
        """
        settings = self.style(click.Context(self), Setting(name, "flag", "--style"))
        return self.make_context(self.name, [], default_map={**self.defaults(settings), STYLE: name})

    def checked(self, ctx: click.Context, settings: Settings) -> Settings:
        """Return the settings after trying each value on its option.

        Raises:
            UsageError: an option does not take its value.
        """
        for key, setting in settings.items():
            self.value(ctx, key, setting)
        return settings

    def value(self, ctx: click.Context, key: str, setting: Setting) -> Any:
        """The value that an option makes of a setting.

        Raises:
            UsageError: the option does not take it.
        """
        option = self.options()[key]
        if isinstance(setting.value, bool) and not option.is_flag:
            raise setting.wrong(key, "it needs a value, not just true or false")
        if isinstance(setting.value, list) and not option.multiple:
            raise setting.wrong(key, "it takes one value, not a list")
        try:
            return option.type_cast_value(ctx, _raw(option, setting))
        except click.BadParameter as error:
            raise setting.wrong(key, error.message) from None

    def defaults(self, settings: Settings) -> dict[str, Any]:
        """The settings as click wants them: values by the names of the parameters."""
        options = self.options()
        names = {key: option.name for key, option in options.items() if option.name}
        return {names[key]: _raw(options[key], setting) for key, setting in settings.items() if setting.level != "flag"}


def _learned(references: Sequence[Path]) -> dict[str, Any]:
    """The options that go with the manner of references.

    Raises:
        DreambrushError: one cannot be used.
    """
    from dreambrush.cli.shared.references import learned_of

    return learned_of(tuple(references)).options


def _try_out(key: str, setting: Setting) -> None:
    """Find errors now that would else appear later, when nobody knows any more which setting caused them.

    Raises:
        UsageError: there is no such brush, palette or picture.
    """
    try:
        for word in setting.value if isinstance(setting.value, list) else [str(setting.value)]:
            if key == "brush":
                _find_brushes(word)
            elif key == "palette":
                _make_palette(word)
            elif key in PICTURES and word not in PICTURES[key] and not os.path.isfile(word):
                raise PictureError(
                    f"There is no picture at '{word}'", "Check the path for typing errors.", id="no-such-picture"
                )
    except DreambrushError as error:
        raise setting.wrong(key, error.message, error.advice) from None


def _find_brushes(word: str) -> None:
    from dreambrush.cli.shared.brushes import brush_names
    from dreambrush.cli.shared.named import brush_named

    for name in brush_names(word):
        brush_named(name)


def _make_palette(word: str) -> None:
    import numpy as np

    from dreambrush.pictures.palette import parse_palette

    parse_palette(word, np.zeros((1, 1, 3), np.float32))


def _key(option: click.Option) -> str:
    """The key of an option.  That of --min-size is min_size."""
    long: Sequence[str] = [name for name in option.opts if name.startswith("--")]
    return long[0].removeprefix("--").replace("-", "_")


def _raw(option: click.Option, setting: Setting) -> Any:
    """The value as the command line would give it to the option."""
    return [setting.value] if option.multiple and not isinstance(setting.value, list) else setting.value


def is_typed(name: str) -> bool:
    """Whether the command line itself gave that parameter, not a setting or a default."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE

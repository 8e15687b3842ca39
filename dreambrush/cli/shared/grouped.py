"""A command with many options: ``--help`` shows those that matter most, ``--help-all`` shows all of them in groups."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import click
import cloup
from cloup.formatting import HelpFormatter, HelpSection

HELP_GROUP = "Help"
_EVERYTHING = "dreambrush.help_all"  # in the context's meta: show all options


def _show_all(context: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        context.meta[_EVERYTHING] = True
        click.echo(context.get_help(), color=context.color)
        context.exit()


class GroupedCommand(cloup.Command):
    """A command whose options stand in groups, made with ``cloup.option_group``.

    Args:
        essentials: names of the parameters that the short help shows.  If there are none, the short help shows all
            options and there is no --help-all.
    """

    def __init__(self, *args: Any, essentials: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.essentials = frozenset(essentials)
        if self.essentials:
            self.help_all = click.Option(
                ["--help-all"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_show_all,
                help="Show all options, in groups, and exit.",
            )
            self.params.append(self.help_all)
            self.ungrouped_options.append(self.help_all)

    def get_default_option_group(
        self, ctx: click.Context, is_the_only_visible_option_group: bool = False
    ) -> cloup.OptionGroup:
        """The group of the options that show help."""
        group = super().get_default_option_group(ctx, is_the_only_visible_option_group)
        if not is_the_only_visible_option_group:
            group.title = HELP_GROUP
            group.options = group.options[::-1]  # -h comes first
        return group

    def format_params(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the essential options, or all options in their groups."""
        if not self.essentials or ctx.meta.get(_EVERYTHING):
            super().format_params(ctx, formatter)
            return
        assert isinstance(formatter, HelpFormatter)
        helping = self.get_default_option_group(ctx).options
        options = [option for group in self.option_groups for option in group]
        shown = [*(option for option in options if option.name in self.essentials), *helping]
        records = [record for option in shown if (record := option.get_help_record(ctx))]
        formatter.write_section(HelpSection("Main options", records))
        formatter.write_paragraph()
        more = len(options) - len(self.essentials)
        formatter.write_text(f"There are {more} more options: {ctx.command_path} --help-all")

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples with the same indent as other commands."""
        click.Command.format_epilog(self, ctx, formatter)

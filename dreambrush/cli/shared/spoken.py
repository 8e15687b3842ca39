"""A command as it was typed, for what is to say how it was made."""

from __future__ import annotations

import shlex

import click
from click.core import ParameterSource


def spoken(context: click.Context) -> str:
    """The command line of a command: its arguments, then those options that were typed, fit for a shell."""
    words = context.command_path.split()
    options: list[str] = []
    for parameter in context.command.params:
        name = parameter.name or ""
        if context.get_parameter_source(name) != ParameterSource.COMMANDLINE:
            continue
        value = context.params.get(name)
        several = parameter.multiple or (isinstance(parameter, click.Argument) and parameter.nargs != 1)
        values = list(value) if isinstance(value, tuple) and several else [value]
        if isinstance(parameter, click.Argument):
            words += [str(each) for each in values]
        elif isinstance(parameter, click.Option) and parameter.is_flag:
            options.append((parameter.opts if value else parameter.secondary_opts)[-1])
        elif isinstance(parameter, click.Option) and value == parameter.flag_value:  # its value was left out
            options.append(parameter.opts[-1])
        else:
            for each in values:
                text = ",".join(map(str, each)) if isinstance(each, tuple) else str(each)
                options += [parameter.opts[-1], text]
    return shlex.join([*words, *options])

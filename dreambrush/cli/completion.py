"""``dreambrush completion``: prints the script with which a shell completes our commands."""

from __future__ import annotations

import click

# One line for each, printed as a comment on top of the script.
INSTRUCTIONS = {
    "bash": "Add to ~/.bashrc:  source <(dreambrush completion bash)",
    "zsh": "Add to ~/.zshrc, after compinit:  source <(dreambrush completion zsh)",
    "fish": "Save as a file:  dreambrush completion fish > ~/.config/fish/completions/dreambrush.fish",
}

EXAMPLES = """\b
Examples:
  source <(dreambrush completion bash)   for good: add this line to ~/.bashrc
  source <(dreambrush completion zsh)    for good: add it to ~/.zshrc, after compinit
  dreambrush completion fish > ~/.config/fish/completions/dreambrush.fish
"""


@click.command(epilog=EXAMPLES)
@click.argument("shell", metavar="bash|zsh|fish", type=click.Choice(tuple(INSTRUCTIONS)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that makes Tab complete dreambrush.

    Tab then completes commands, options, brushes, sets of brushes and .ora files.  bash must be 4.4 or newer.
    """
    from click.shell_completion import get_completion_class

    root = context.find_root()
    found = get_completion_class(shell)
    assert found is not None, "click knows all of INSTRUCTIONS"
    script = found(root.command, {}, "dreambrush", "_DREAMBRUSH_COMPLETE").source()
    click.echo(_with_comment(script.strip("\n"), f"# {INSTRUCTIONS[shell]}"))


def _with_comment(script: str, comment: str) -> str:
    """The script with a comment on top.  zsh needs its first line to stay first."""
    first, _, rest = script.partition("\n")
    return f"{first}\n{comment}\n{rest}" if first.startswith("#compdef") else f"{comment}\n{script}"

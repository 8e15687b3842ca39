"""``python -m dreambrush`` is the same as the command ``dreambrush``."""

from dreambrush.cli import main

main()

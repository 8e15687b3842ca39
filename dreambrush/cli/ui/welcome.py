"""The text of ``dreambrush`` without a command: how to make a first painting."""

from __future__ import annotations

WELCOME = """\
dreambrush paints pictures with MyPaint's own brushes, stroke by stroke.

Paint your photo (it becomes photo.ora, in this folder):
  dreambrush paint photo.jpg

See it in twelve looks first, each with its command:
  dreambrush try photo.jpg

No photo at hand?  Paint the still life that comes with dreambrush:
  dreambrush paint --sample

A whole folder, with a freer hand, two minutes each:
  dreambrush paint my-photos --hand 0.7 --time 2m

Then open the .ora file in MyPaint.  An empty layer on top is yours, with a
brush in your hand: paint on.  Point at any stroke and press W: MyPaint picks
its layer, brush and colour.

Something does not work?  The doctor says how to fix it:
  dreambrush doctor

All commands: dreambrush --help         Options of one: dreambrush paint --help
"""

"""Prints the settings of a brush of MyPaint's old format, as MyPaint itself reads it."""

from __future__ import annotations

import json
import sys
from importlib import import_module

sys.path.insert(0, "/usr/lib/mypaint")

with open(sys.argv[1], encoding="utf-8") as file:
    brush = import_module("lib.brush").BrushInfo(file.read())
settings = {name: value for name, value in brush.settings.items() if isinstance(value, list)}
print(json.dumps(settings))

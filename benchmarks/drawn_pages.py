"""How near a page's drawing of strokes comes to the real picture, in a real browser.

    python -m benchmarks.drawn_pages PAGE.html...

The pages are those of ``inspect --html`` and ``bench --html``.  Needs Chromium.  Prints JSON, a line for each painting.
"""

from __future__ import annotations

import base64
import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from dreambrush.arrays import Float64
from tests.gallery.browser import open_browser

DRAW = """(() => {
  const painter = painterOf(%d);
  painter.lay(0);
  const start = performance.now();
  painter.lay(painter.work.strokes.length);
  painter.show(by("paint"), 0);
  by("paint").getContext("2d").getImageData(0, 0, 1, 1);
  return performance.now() - start;
})()"""


def picture(address: str) -> Float64:
    """The picture of a ``data:`` address, (h, w, 3) in 0..1."""
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as image:
        return np.asarray(image.convert("RGB"), np.float64) / 255


def main(pages: list[str]) -> None:
    """Measures every painting of the pages."""
    with open_browser() as browser:
        for page in pages:
            browser.open(Path(page))
            for number in range(browser.value("works.length")):
                browser.value(f"choose({number})")
                milliseconds = browser.value(DRAW % number)
                drawn = picture(browser.value("by('paint').toDataURL()"))
                real = picture(browser.value(f"by(`view-{number}-${{works[{number}].end}}`).src"))
                row = {
                    "page": Path(page).name,
                    "bytes": Path(page).stat().st_size,
                    "painting": browser.value(f"works[{number}].title"),
                    "strokes": browser.value(f"works[{number}].total"),
                    "psnr": round(float(-10 * np.log10(np.mean((drawn - real) ** 2))), 1),
                    "milliseconds": round(milliseconds),
                }
                print(json.dumps(row))


if __name__ == "__main__":
    main(sys.argv[1:])

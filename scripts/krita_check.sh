#!/bin/sh
# Whether Krita shows a painting as its merged picture does: sh scripts/krita_check.sh [PAINTING.ora]
# By default it paints the sample first.  Needs: krita, xvfb (and nothing that the tests do not).  It is not part of
# the tests, for Krita is large.  Prints the largest difference of all pixels; fails if that is more than 2 of 255.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
for program in krita xvfb-run; do
    command -v "$program" >/dev/null || {
        echo "There is no $program: apt-get install --no-install-recommends krita xvfb xauth" >&2
        exit 1
    }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ $# -gt 0 ]; then
    cp -- "$1" "$scratch/painting.ora"
else
    "$root/.venv/bin/dreambrush" paint --sample --effort 1 --quiet -o "$scratch/painting.ora"
fi
# A home of its own, lest it ask about or change the tester's settings.
HOME="$scratch" XDG_CONFIG_HOME="$scratch" XDG_DATA_HOME="$scratch" \
    xvfb-run -a krita --export --export-filename "$scratch/krita.png" "$scratch/painting.ora" >"$scratch/log" 2>&1 || {
    cat "$scratch/log" >&2
    exit 1
}
exec "$root/.venv/bin/python" - "$scratch" <<'END'
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

folder = Path(sys.argv[1])
with zipfile.ZipFile(folder / "painting.ora") as ora:
    ours = Image.open(io.BytesIO(ora.read("mergedimage.png"))).convert("RGBA")
krita = Image.open(folder / "krita.png").convert("RGBA")
if krita.size != ours.size:
    sys.exit(f"Krita's picture has {krita.size} pixels, ours {ours.size}.")
one, other = (np.asarray(image).astype(int) for image in (ours, krita))
seen = (one[..., 3] > 0) | (other[..., 3] > 0)
apart = np.abs(one - other)[seen]
print(f"Krita differs by at most {apart.max()} of 255, {apart.mean():.2f} on average.")
sys.exit(int(apart.max() > 2))
END

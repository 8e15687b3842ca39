"""What pyproject.toml cannot say: the compiled parts, and the folders beside the package."""

from glob import glob

from setuptools import find_packages, setup

setup(
    packages=[
        *find_packages(include=["dreambrush", "dreambrush.*"]),
        "dreambrush.brushes",
        "dreambrush.pretrained",
    ],
    package_dir={"dreambrush.brushes": "brushes", "dreambrush.pretrained": "pretrained"},
    data_files=[("share/man/man1", sorted(glob("man/*.1")))],  # where man looks, beside the bin of the program
    cffi_modules=[
        "dreambrush/mypaint/engine/_build.py:ffibuilder",
        "dreambrush/kernel/_build.py:ffibuilder",
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)

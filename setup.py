"""What pyproject.toml cannot say: the compiled binding, and the data folders beside the package."""

from setuptools import find_packages, setup

setup(
    packages=[
        *find_packages(include=["dreambrush", "dreambrush.*"]),
        "dreambrush.brushes",
        "dreambrush.pretrained",
    ],
    package_dir={"dreambrush.brushes": "brushes", "dreambrush.pretrained": "pretrained"},
    cffi_modules=["dreambrush/mypaint/_build.py:ffibuilder"],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)

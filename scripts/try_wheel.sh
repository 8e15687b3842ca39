#!/bin/sh
# Installs a wheel on a bare Debian, without a network, and paints a picture there: with pip, with Debian's pipx, and
# with uvx.
#   sh scripts/try_wheel.sh FOLDER [PICTURE]
# FOLDER is the Debian: one that debootstrap made, with python3-venv and pipx and nothing else, or none yet; then it is
# made, which takes minutes.  The wheel is the newest in dist/, made by scripts/build_wheel.sh; WHEEL names another.
# Needs root, debootstrap and unshare.  TRY_DEBIAN names the release (bookworm).  TRY_PYTHON is the interpreter inside
# (/usr/bin/python3).  TRY_EXTRAS=1 also installs each extra and tells what it adds.
#
# What it mounts it mounts for itself alone, so that nothing is mounted when it has ended, however that came.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
folder=$1
picture=${2:-$root/dreambrush/samples/still-life.jpg}
inside=${TRY_PYTHON:-/usr/bin/python3}
tools=$root/build/wheel/tools/bin
wheel=${WHEEL:-$(find "$root/dist" -name 'dreambrush-*.whl' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)}
[ -x "$tools/pip" ] && [ -n "$wheel" ] || { echo "Run scripts/build_wheel.sh first." >&2 && exit 1; }

# 75 is "try again later", as in build_wheel.sh.
unreachable() {
    echo "$1" >&2
    exit 75
}

if [ ! -d "$folder/usr" ]; then
    debootstrap --variant=minbase --include=python3-venv,pipx "${TRY_DEBIAN:-bookworm}" "$folder" ||
        unreachable "Debian cannot be fetched."
fi
folder=$(CDPATH='' cd -- "$folder" && pwd)
for program in gcc cc mypaint; do
    if [ -n "$(find "$folder"/usr/bin "$folder"/usr/local/bin -name "$program")" ]; then
        echo "There is $program in $folder, so that it is not bare." >&2
    fi
done

# Everything that the wheel depends on, for the Python inside.
version=$(chroot "$folder" "$inside" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
house=$folder/tmp/wheels
rm -rf "$house"
platforms=
for tag in 31 28 27 17; do
    platforms="$platforms --platform manylinux_2_${tag}_x86_64"
done
fetch() {
    "$tools/pip" download --quiet --disable-pip-version-check --dest "$house" --only-binary=:all: \
        --python-version "$version" $platforms --platform manylinux2014_x86_64 "$@"
}
fetch "$wheel" || unreachable "What the wheel depends on cannot be fetched."
# pipx brings pip up to date in a folder of its own; on Debian 12 it wants these two as well.
fetch pip setuptools wheel || unreachable "What pipx installs cannot be fetched."
fetch uv || echo "uv cannot be fetched, so that uvx is not tried." >&2
extras=
if [ -n "${TRY_EXTRAS:-}" ]; then
    extras="jxl psd raw"
    for extra in $extras; do
        fetch "$wheel[$extra]"
    done
fi
rm -rf "$folder/tmp/try"
mkdir "$folder/tmp/try"
cp "$picture" "$folder/tmp/try/photo.${picture##*.}"

cat >"$folder/tmp/try/try.sh" <<END
set -e
cd /tmp/try
wheel=\$(echo /tmp/wheels/dreambrush-*.whl)
photo=\$(echo photo.*)
now() {
    date +%s
}
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INDEX=1 PIP_FIND_LINKS=/tmp/wheels
begin=\$(now)
"$inside" -m venv venv
venv/bin/pip install --quiet "\$wheel"
installed=\$(now)
venv/bin/dreambrush paint "\$photo"
painted=\$(now)
packages=\$(echo venv/lib/python3*/site-packages)
# Kilobytes of the packages, without those that install packages.
size() {
    du -sk --exclude=pip --exclude='pip-*' --exclude=setuptools --exclude='setuptools-*' --exclude=pkg_resources \
        --exclude=_distutils_hack "\$packages" | cut -f1
}
whole=\$(size)
echo "pip, Python $version: installed in \$((installed - begin)) s, painted in \$((painted - installed)) s, \
\$((whole / 1024)) MB, \$(du -sm venv | cut -f1) MB with pip, wheel \$(du -k "\$wheel" | cut -f1) KB"
for extra in $extras; do
    venv/bin/pip install --quiet "\$wheel[\$extra]"
    echo "extra \$extra: \$((\$(size) - whole)) KB more"
    rm -r venv
    "$inside" -m venv venv
    venv/bin/pip install --quiet "\$wheel"
    venv/bin/dreambrush --version >/dev/null
done
venv/bin/dreambrush doctor

if command -v pipx >/dev/null; then
    begin=\$(now)
    PIPX_HOME=/tmp/try/pipx PIPX_BIN_DIR=/tmp/try/bin pipx install --python "$inside" "\$wheel"
    bin/dreambrush paint "\$photo" -o pipx.ora --quiet
    echo "pipx \$(pipx --version): installed and painted in \$((\$(now) - begin)) s"
else
    echo "There is no pipx, so that it is not tried." >&2
fi
if ls /tmp/wheels/uv-*.whl >/dev/null 2>&1; then
    "$inside" -m venv uv
    uv/bin/pip install --quiet uv
    begin=\$(now)
    export UV_CACHE_DIR=/tmp/try/cache UV_PYTHON="$inside"
    uv/bin/uvx --offline --no-index --find-links /tmp/wheels --from "\$wheel" dreambrush paint "\$photo" -o uvx.ora --quiet
    echo "uvx of \$(uv/bin/uv --version): installed and painted in \$((\$(now) - begin)) s"
    cmp photo.ora uvx.ora
fi
[ ! -e pipx.ora ] || cmp photo.ora pipx.ora
END
exec unshare --mount --net --pid --fork sh -ec '
    mount --make-rprivate /
    mount -t proc proc "$1/proc"
    mount -t tmpfs tmpfs "$1/dev"
    for device in null zero random urandom; do
        touch "$1/dev/$device"
        mount --bind "/dev/$device" "$1/dev/$device"
    done
    mkdir "$1/dev/shm"
    mount -t tmpfs tmpfs "$1/dev/shm"
    exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 chroot "$1" sh /tmp/try/try.sh
' sh "$folder"

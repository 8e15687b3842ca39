#!/bin/sh
# Installs a wheel on a bare Debian, without a network, and paints a picture there:
#   sh scripts/try_wheel.sh FOLDER [PICTURE]
# FOLDER is the Debian: one that debootstrap made, with python3-venv and nothing else, or none yet; then it is made,
# which takes minutes.  The wheel is the newest in dist/, made by scripts/build_wheel.sh.  Needs root, debootstrap and
# unshare.  TRY_DEBIAN names the release (bookworm).  TRY_PYTHON is the interpreter inside (/usr/bin/python3).
#
# What it mounts it mounts for itself alone, so that nothing is mounted when it has ended, however that came.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
folder=$1
picture=${2:-$root/dreambrush/samples/still-life.jpg}
inside=${TRY_PYTHON:-/usr/bin/python3}
tools=$root/build/wheel/tools/bin
wheel=$(find "$root/dist" -name 'dreambrush-*.whl' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
[ -x "$tools/pip" ] && [ -n "$wheel" ] || { echo "Run scripts/build_wheel.sh first." >&2 && exit 1; }

if [ ! -d "$folder/usr" ]; then
    debootstrap --variant=minbase --include=python3-venv "${TRY_DEBIAN:-bookworm}" "$folder"
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
set --
for tag in 31 28 27 17; do
    set -- "$@" --platform "manylinux_2_${tag}_x86_64"
done
"$tools/pip" download --quiet --disable-pip-version-check --dest "$house" --only-binary=:all: --python-version "$version" \
    "$@" --platform manylinux2014_x86_64 "$wheel"
rm -rf "$folder/tmp/try"
mkdir "$folder/tmp/try"
cp "$picture" "$folder/tmp/try/photo.${picture##*.}"

cat >"$folder/tmp/try/try.sh" <<END
set -e
cd /tmp/try
begin=\$(date +%s)
"$inside" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-index --find-links /tmp/wheels /tmp/wheels/dreambrush-*.whl
installed=\$(date +%s)
venv/bin/dreambrush paint photo.*
painted=\$(date +%s)
echo "Python $version: installed in \$((installed - begin)) s, painted in \$((painted - installed)) s, \
\$(du -sm venv | cut -f1) MB with pip, wheel \$(du -k /tmp/wheels/dreambrush-*.whl | cut -f1) KB"
venv/bin/dreambrush doctor
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

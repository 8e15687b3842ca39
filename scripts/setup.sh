# Sourced by paint.sh and test.sh: installs what they need on Debian or Ubuntu, then into a virtual environment.
# shellcheck shell=sh
# $root is the checkout and $venv its virtual environment.

venv="$root/.venv"

# Installs those of the named Debian packages that are missing; needs root or sudo only if one is.
install_packages() {
    command -v dpkg >/dev/null 2>&1 || return 0 # not Debian: README.md names the packages
    missing=
    for package in "$@"; do
        case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" in
        "install ok installed") ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "These Debian packages are missing, and only root can install them:$missing" >&2
            echo "Ask for: apt-get install --no-install-recommends$missing" >&2
            exit 1
        fi
        as_root=sudo
    fi
    echo "Installing$missing ..." >&2
    # shellcheck disable=SC2086 # the list is meant to be split
    $as_root apt-get update -qq >&2
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
}

# Installs a Debian package that tests can do without, if there is one of that name.
install_if_there_is() {
    command -v dpkg >/dev/null 2>&1 || return 0
    [ "$(dpkg-query -W -f='${Status}' "$1" 2>/dev/null)" = "install ok installed" ] && return 0
    if [ "$(id -u)" -eq 0 ]; then apt-get update -qq >&2; fi # a fresh container knows no package at all
    if apt-cache show "$1" >/dev/null 2>&1; then install_packages "$1"; else echo "There is no package $1 here." >&2; fi
}

# Prints the first Python of at least 3.11; the system's own comes before others, whose folders may be shims.
find_python() {
    for python in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    echo "dreambrush needs Python 3.11 or newer with venv, and finds none." >&2
    exit 1
}

# install_dreambrush NAME ARGUMENT...: pip install ARGUMENT... into the virtual environment, once for each NAME
# and again after a change of what is installed or compiled.
install_dreambrush() {
    stamp="$venv/installed-$1"
    shift
    if [ ! -x "$venv/bin/pip" ]; then
        python=$(find_python)
        "$python" -m venv "$venv"
    fi
    fresh=yes
    for file in "$root/pyproject.toml" "$root/setup.py" "$root/.ci/constraints.txt" \
        "$root"/dreambrush/mypaint/engine/_build.py "$root"/dreambrush/mypaint/engine/[a-z]*.[ch] \
        "$root"/dreambrush/kernel/_build.py "$root"/dreambrush/kernel/[a-z]*.[ch]; do
        [ "$stamp" -nt "$file" ] || fresh=
    done
    [ -z "$fresh" ] || return 0
    echo "Installing Python packages into $venv ..." >&2
    (cd "$root" && "$venv/bin/pip" install --quiet --disable-pip-version-check "$@") >&2
    touch "$stamp"
}

#!/bin/sh
# common.sh - what the tests of the command share; sourced, with the paths of hvmsim and
# of the source tree as arguments. Each test runs in a folder of its own, and leaves
# nothing.
set -eu
hvmsim=$1
# shellcheck disable=SC2034  # some tests look at what ships
source_dir=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/small.ini" "$work"
cd "$work"

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    for stream in out err; do
        printf -- '-- %s\n' "$stream" >&2
        cat "$stream" >&2
    done
    exit 1
}

# expect CODE ARGUMENTS...: hvmsim ends with that code; what it says is in ./out, ./err.
expect() {
    expected=$1
    shift
    code=0
    "$hvmsim" "$@" >out 2>err || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code, not $expected: $*"
}

# says STREAM TEXT: the text is in what hvmsim said last.
says() {
    grep -qF -- "$2" "$1" || fail "not in $1: $2"
}

# one_line: hvmsim said one line on stderr and nothing on stdout.
one_line() {
    [ "$(wc -l <err)" -eq 1 ] || fail 'not one line on stderr'
    [ ! -s out ] || fail 'something on stdout'
}

# same FOLDER FOLDER: the CSV files are the same, byte for byte.
same() {
    for file in "$1"/csv/*.csv; do
        cmp "$file" "$2/csv/$(basename "$file")" || fail "$1 and $2 differ"
    done
}

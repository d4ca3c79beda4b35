#!/bin/sh
# ccmemo.sh CACHE COMPILER ... -c -o OBJECT SOURCE - compiles, or takes the object of an equal earlier input
# SPDX-License-Identifier: ISC
#
# For builds of many configurations of the same source (onefeature.sh): most
# files do not change with a symbol. Equal means equal after preprocessing.
set -u
cache=$1
shift
object='' compile=no previous=''
for a in "$@"; do
    [ "$previous" = -o ] && object=$a
    [ "$a" = -c ] && compile=yes
    previous=$a
done
[ $compile = yes ] || exec "$@"
# The same command, preprocessing only.
preprocess() {
    left=$#
    while [ "$left" -gt 0 ]; do
        a=$1
        shift
        left=$((left - 1))
        case $a in
            -c | -MMD | -MP) ;;
            -o) shift; left=$((left - 1)) ;;
            *) set -- "$@" "$a" ;;
        esac
    done
    "$@" -E -P
}

text=$object.i
preprocess "$@" >"$text" || exit 1
key=$(sha256sum <"$text" | cut -c1-40)
rm -f "$text"
if [ -f "$cache/$key" ]; then
    cp "$cache/$key" "$object"
    exit 0
fi
"$@" || exit 1
cp "$object" "$cache/$key.$$" && mv "$cache/$key.$$" "$cache/$key"

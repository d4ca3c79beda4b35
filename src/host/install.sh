#!/bin/sh
# install.sh install|uninstall PROGRAM CONFIG - the files of "make install"
# SPDX-License-Identifier: ISC
#
# The program, a link per command, configuration (kept when it is there), and
# manual pages. Nothing is set-uid or set-gid. The names of the commands are
# read from the rows in src/tool/tool.def, so a command that this configuration
# leaves out gets no link; the program itself is not run.
set -eu
what=$1 program=$2 config=$3
umask 022

on() { grep -q "^CONFIG_$1=y" "$config"; }

# Rows look like: APPLET("postcat", ...) or IF_POSTCAT(APPLET("postcat", ...))
applets() {
    sed -n 's/^IF_\([A-Z0-9_]*\)(APPLET("\([^"]*\)".*/\2 \1/p; s/^APPLET("\([^"]*\)".*/\1 -/p' src/tool/tool.def |
        while read -r name symbol; do
            if [ "$symbol" = - ] || on "$symbol"; then echo "$name"; fi
        done
}

dir_of() {
    case $1 in
        mailq | newaliases) echo "$BINDIR" ;;
        *) echo "$SBINDIR" ;;
    esac
}

# A relative path from one absolute directory to another.
relative() {
    from=$1 to=$2 up=''
    while case $to/ in "$from"/*) false ;; *) true ;; esac; do
        from=${from%/*} up=../$up
    done
    rest=${to#"$from"}
    echo "$up${rest#/}"
}

link() { # target directory, directory of the link, name
    path=$(relative "$2" "$1")
    ln -sf "${path:+${path%/}/}postlet" "$DESTDIR$2/$3"
}

do_install() {
    mkdir -p "$DESTDIR$SBINDIR" "$DESTDIR$BINDIR" "$DESTDIR$LIBDIR" "$DESTDIR$CONFDIR" "$DESTDIR/etc"
    cp "$program" "$DESTDIR$SBINDIR/postlet"
    "${STRIP:-strip}" "$DESTDIR$SBINDIR/postlet"
    chmod 755 "$DESTDIR$SBINDIR/postlet"
    for name in $(applets); do
        link "$SBINDIR" "$(dir_of "$name")" "$name"
    done
    link "$SBINDIR" "$LIBDIR" sendmail
    ln -sf "$(relative "$LIBDIR" "$SBINDIR")/sendmail" "$DESTDIR$LIBDIR/sendmail"
    for f in main.cf master.cf; do
        [ -e "$DESTDIR$CONFDIR/$f" ] || cp "conf/$f" "$DESTDIR$CONFDIR/$f"
    done
    for page in conf/man/*.[158]; do
        [ -f "$page" ] || continue
        mkdir -p "$DESTDIR$MANDIR/man${page##*.}"
        cp "$page" "$DESTDIR$MANDIR/man${page##*.}/"
    done
    src/host/man.sh >"$DESTDIR$MANDIR/man5/postconf.5"
    [ -e "$DESTDIR/etc/aliases" ] || cp conf/aliases "$DESTDIR/etc/aliases"
}

do_uninstall() {
    for name in $(applets); do
        path=$DESTDIR$(dir_of "$name")/$name
        [ ! -L "$path" ] || rm -f "$path"
    done
    [ ! -L "$DESTDIR$LIBDIR/sendmail" ] || rm -f "$DESTDIR$LIBDIR/sendmail"
    rm -f "$DESTDIR$SBINDIR/postlet"
    for page in conf/man/*.[158]; do
        [ -f "$page" ] && rm -f "$DESTDIR$MANDIR/man${page##*.}/${page##*/}"
    done
    rm -f "$DESTDIR$MANDIR/man5/postconf.5"
    echo "kept: $DESTDIR$CONFDIR"
}

"do_$what"

#!/bin/sh
# test_install.sh - make install: links to one binary, configuration that is kept, no set-id file; uninstall
# SPDX-License-Identifier: ISC
set -eu
cd "$TESTS/.."
root=$T/root
echo mine >"$T/main.cf"
install() {
    DESTDIR=$root SBINDIR=/usr/sbin BINDIR=/usr/bin LIBDIR=/usr/lib MANDIR=/usr/share/man CONFDIR=/etc/postfix \
        sh src/host/install.sh "$1" "$POSTLET" "$O/.config"
}
mkdir -p "$root/etc/postfix"
cp "$T/main.cf" "$root/etc/postfix/main.cf"
install install
cmp "$T/main.cf" "$root/etc/postfix/main.cf"
cmp conf/master.cf "$root/etc/postfix/master.cf"
[ -x "$root/usr/sbin/postlet" ]
for link in usr/sbin/sendmail usr/lib/sendmail usr/bin/mailq usr/bin/newaliases usr/sbin/postfix; do
    [ -L "$root/$link" ] || { echo "no link $link"; exit 1; }
    [ "$(readlink -f "$root/$link")" = "$root/usr/sbin/postlet" ] || { echo "$link leads to $(readlink "$root/$link")"; exit 1; }
    case $(readlink "$root/$link") in /*) echo "$link is absolute"; exit 1 ;; esac
done
found=$(find "$root" -perm /6000)
[ -z "$found" ] || { echo "set-id: $found"; exit 1; }
"$root/usr/sbin/sendmail" --version | grep -q '^postlet '
install uninstall
left=$(find "$root" ! -type d ! -path '*/etc/*')
[ -z "$left" ] || { echo "left: $left"; exit 1; }

#!/bin/sh
# test_unprivileged.sh - an ordinary user runs an instance of his own in a private directory
# SPDX-License-Identifier: ISC
set -eu
dir=$(mktemp -d /tmp/postlet-user-XXXXXX)
trap 'MAIL_CONFIG=$dir/etc as_user "$dir/postlet" postfix stop >/dev/null 2>&1 || :; rm -rf "$dir"' EXIT
if [ "$(id -u)" = 0 ]; then
    user=$(getent passwd games nobody | head -n 1 | cut -d: -f1)
    as_user() { setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups env HOME="$dir" MAIL_CONFIG="$dir/etc" "$@"; }
else
    user=$(id -un)
    as_user() { env HOME="$dir" MAIL_CONFIG="$dir/etc" "$@"; }
fi
mkdir -p "$dir/etc" "$dir/queue" "$dir/mail"
cp "$POSTLET" "$dir/postlet"
cat >"$dir/etc/main.cf" <<EOF
compatibility_level = 3.6
queue_directory = $dir/queue
mail_owner = $user
maillog_file = $dir/maillog
maillog_file_prefixes = $dir
inet_interfaces = 127.0.0.1
myhostname = mail.example.test
mydestination =
alias_maps =
virtual_mailbox_domains = example.test
virtual_mailbox_base = $dir/mail
virtual_mailbox_maps = inline:{alice@example.test=alice/}
virtual_minimum_uid = 1
virtual_uid_maps = static:$(id -u "$user")
virtual_gid_maps = static:$(id -g "$user")
EOF
sed '/^smtp  *inet/d' "$(dirname "$0")/../../conf/master.cf" >"$dir/etc/master.cf"
chmod 755 "$dir"
chown -R "$user" "$dir" 2>/dev/null || :
cd "$dir"
as_user ./postlet postfix start
printf 'Subject: mine\n\ntext\n' | as_user ./postlet sendmail -f alice@example.test alice@example.test
n=0
until [ -n "$(find mail/alice/new -type f 2>/dev/null)" ]; do
    n=$((n + 1))
    [ $n -lt 100 ] || { cat maillog; exit 1; }
    sleep 0.1
done
grep -q '^Subject: mine' mail/alice/new/*
# no set-id file, nothing that belongs to somebody else
[ -z "$(find "$dir" -perm /6000)" ]
[ -z "$(find "$dir/queue" ! -user "$user")" ]
as_user ./postlet postfix status
as_user ./postlet postfix stop
! as_user ./postlet postfix status

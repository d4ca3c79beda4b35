#!/bin/sh
# demo.sh PROGRAM DIR - "make run": a private mail system, one message by sendmail, one by SMTP, both delivered
# SPDX-License-Identifier: ISC
set -eu
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
dir=$2
port=${PORT:-2525}
top=$(cd "$(dirname "$0")/../.." && pwd)

# What was started is stopped again when something went wrong.
die() {
    echo "run: $*" >&2
    postlet postfix stop >/dev/null 2>&1 || :
    exit 1
}
postlet() { MAIL_CONFIG=$dir/etc "$program" "$@"; }

first_of() { # database, names...
    db=$1
    shift
    for n in "$@"; do getent "$db" "$n" >/dev/null && echo "$n" && return 0; done
    die "none of these is in the $db database: $*"
}

# As root the services need users of their own who can reach the directory.
if [ "$(id -u)" = 0 ]; then
    owner=$(first_of passwd postfix list mail)
    mailbox_user=$(first_of passwd games nobody)
    uid=$(id -u "$mailbox_user") gid=$(id -g "$mailbox_user")
    if ! setpriv --reuid "$uid" --regid "$gid" --clear-groups test -x "$(cd "$(dirname "$dir")" && pwd)"; then
        rm -rf "$dir"
        mkdir -p "$(dirname "$dir")" /var/tmp/postlet-run
        ln -s /var/tmp/postlet-run "$dir"
    fi
else
    owner=$(id -un) uid=$(id -u) gid=$(id -g)
fi

if [ -f "$dir/queue/pid/master.pid" ] && kill -0 "$(cat "$dir/queue/pid/master.pid")" 2>/dev/null; then
    postlet postfix stop >/dev/null 2>&1 || :
fi
mkdir -p "$dir/etc" "$dir/queue" "$dir/mail/alice"
dir=$(cd "$dir" && pwd -P)
rm -rf "$dir/mail/alice" "$dir/maillog"
mkdir -p "$dir/mail/alice"
if [ "$(id -u)" = 0 ]; then chown "$uid:$gid" "$dir/mail/alice"; fi

cat >"$dir/etc/main.cf" <<EOF
# the private instance of "make run"
compatibility_level = 3.6
queue_directory = $dir/queue
maillog_file = $dir/maillog
maillog_file_prefixes = $dir
mail_owner = $owner
myhostname = demo.example.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
alias_maps =
virtual_mailbox_domains = example.test
virtual_mailbox_base = $dir/mail
virtual_mailbox_maps = inline:{ alice@example.test=alice/ }
virtual_uid_maps = static:$uid
virtual_gid_maps = static:$gid
virtual_minimum_uid = 1
EOF
sed "s/^smtp        inet/127.0.0.1:$port inet/" "$top/conf/master.cf" >"$dir/etc/master.cf"

postlet postfix start </dev/null >"$dir/start.log" 2>&1 || { cat "$dir/start.log" "$dir/maillog" 2>/dev/null; die "postfix start failed"; }

echo "== one message by sendmail"
printf 'From: me@example.test\nTo: alice@example.test\nSubject: by sendmail\n\nHello from the command line.\n' |
    postlet sendmail -t -i -f me@example.test || die "sendmail failed"
echo "   exit status 0: it is in the queue, safely"

echo "== one message by SMTP to 127.0.0.1 port $port"
PORT=$port bash -s <<'EOF' || die "the SMTP dialogue failed"
exec 3<>"/dev/tcp/127.0.0.1/$PORT" || exit 1
expect() {
    while IFS= read -r -t 10 -u 3 line; do
        line=${line%$'\r'}
        echo "   S: $line"
        case $line in "$1-"*) ;; "$1"*) return 0 ;; *) exit 1 ;; esac
    done
    exit 1
}
say() { printf '%s\r\n' "$@" >&3; printf '   C: %s\n' "$@"; }
expect 220
say 'EHLO demo'; expect 250
say 'MAIL FROM:<me@example.test>'; expect 250
say 'RCPT TO:<alice@example.test>'; expect 250
say 'DATA'; expect 354
say 'From: me@example.test' 'To: alice@example.test' 'Subject: by SMTP' '' 'Hello from the network.' '.'; expect 250
say 'QUIT'; expect 221
EOF

n=0
while [ "$(find "$dir/mail/alice" -path '*/new/*' -type f 2>/dev/null | wc -l)" -lt 2 ]; do
    n=$((n + 1))
    [ $n -lt 100 ] || { cat "$dir/maillog"; die "the messages did not arrive"; }
    sleep 0.1
done

echo "== both are in the Maildir"
for m in $(ls -tr "$dir"/mail/alice/new/*); do
    echo "   $m"
    sed 's/^/   | /' "$m"
done
echo "== the log, $dir/maillog"
sed 's/^/   /' "$dir/maillog"
short=$(echo "$program" | sed "s|^$PWD/||")
cat <<EOF
== how to go on
   It is still running. Try, in this directory:
     export MAIL_CONFIG=$dir/etc
     echo hello | $short sendmail alice@example.test
     $short mailq
     $short postconf -n
     tail -f $dir/maillog
     \$EDITOR $dir/etc/main.cf && $short postfix reload
     $short postfix stop
EOF

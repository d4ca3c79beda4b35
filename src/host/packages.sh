#!/bin/sh
# packages.sh build|test|peers|PACKAGE=PROBE... - brings what a fresh Debian machine lacks, and says so
# SPDX-License-Identifier: ISC
#
# Each entry is PACKAGE=PROBE: a command, header:FILE, or file:PATH. "build" must succeed;
# of the others what cannot be had is named, and the tests that want it are
# skipped. Nothing is ever removed from the machine, and no service is started.
set -u
set_name=${1:-build}

say() { echo "packages: $*"; }

build="gcc=gcc make=make libc6-dev=header:stdio.h libcdb-dev=header:cdb.h bzip2=bzip2 xz-utils=xz"
test="python3=python3 openssl=openssl clang=clang
    libclang-rt-dev=file:/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a musl-tools=musl-gcc libpcre2-dev=header:pcre2.h"
peers="swaks=swaks msmtp=msmtp curl=curl s-nail=s-nail git=git libmailtools-perl=file:/usr/share/perl5/Mail/Address.pm
    gsasl=gsasl gnutls-bin=gnutls-cli git-email=file:/usr/lib/git-core/git-send-email
    dovecot-imapd=file:/usr/lib/dovecot/imap pflogsumm=pflogsumm
    fail2ban=fail2ban-regex postfix=postfix opendkim=opendkim opendmarc=opendmarc rspamd=rspamd
    spamass-milter=spamass-milter spamd=spamd spampd=spampd haproxy=haproxy postgrey=postgrey
    postfix-policyd-spf-python=policyd-spf dovecot-lmtpd=file:/usr/lib/dovecot/lmtp maildrop=maildrop procmail=procmail
    mlmmj=mlmmj-receive uucp=uux cron=file:/usr/sbin/cron busybox=busybox
    postfix-cdb=file:/usr/lib/postfix/postfix-cdb.so"

have() {
    case $1 in
        header:*) for d in /usr/include /usr/local/include /usr/include/*-linux-*; do
            [ -f "$d/${1#header:}" ] && return 0
        done
        return 1 ;;
        file:*) for f in ${1#file:}; do
            [ -e "$f" ] && return 0
        done
        return 1 ;;
        *) PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1 ;;
    esac
}

missing() {
    for entry in $1; do
        have "${entry#*=}" || printf '%s ' "${entry%%=*}"
    done
}

# The system's own mbedTLS is used when it is 3.6; "make deps" builds it otherwise.
system_mbedtls() {
    have header:mbedtls/build_info.h && return 1
    [ -n "$(ls /var/lib/apt/lists/*_Packages* 2>/dev/null)" ] || as_root apt-get -qq update >/dev/null 2>&1
    LC_ALL=C apt-cache policy libmbedtls-dev 2>/dev/null | grep -q 'Candidate: 3\.6'
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

install() {
    # A machine that already has another mail server keeps it.
    if LC_ALL=C apt-get -s install --no-install-recommends "$@" 2>/dev/null | grep -q '^Remv'; then
        return 1
    fi
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy" && ours=yes || ours=no
    else
        ours=no
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "$@" >/dev/null 2>&1
    status=$?
    [ $ours = yes ] && as_root rm -f $policy
    return $status
}

case $set_name in
    build) wanted=$build ;;
    test) wanted=$test ;;
    peers) wanted=$peers ;;
    *=*) wanted=$* ;;
    *) echo "usage: packages.sh build|test|peers|PACKAGE=PROBE..." >&2; exit 64 ;;
esac

lacking=$(missing "$wanted")
if [ "$set_name" = build ] && system_mbedtls; then
    lacking="$lacking libmbedtls-dev"
fi
lacking=$(echo $lacking)
[ -z "$lacking" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    say "missing and no apt-get here to install them: $lacking"
elif ! as_root true 2>/dev/null; then
    say "missing, and only root may install them: apt-get install $lacking"
else
    say "installing $lacking"
    if ! install $lacking; then
        as_root apt-get -qq update >/dev/null 2>&1
        if ! install $lacking; then
            for p in $lacking; do install "$p" || say "cannot be installed here: $p"; done
        fi
    fi
    lacking=$(missing "$wanted")
fi
[ "$set_name" != build ] || [ -z "$(missing "$wanted")" ]

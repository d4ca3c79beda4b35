# sweep.py - dialogues made from tables: every restriction in every list, every action of every kind of table
# SPDX-License-Identifier: ISC
#
# What they expect is not written here: "make compat" compares replies, log lines and delivered content with
# Postfix. All reply codes have values that nobody has by default, so that a code which ignores its parameter shows.
import base64
import os

LISTS = ("client", "helo", "sender", "relay", "recipient", "data", "end_of_data", "etrn")

CONF = """\
need SMTPD VIRTUAL SASL_DOVECOT
conf smtpd_error_sleep_time = 0
conf smtpd_peername_lookup = no
conf smtpd_authorized_xclient_hosts = 127.0.0.0/8
conf mynetworks = 192.0.2.0/28
conf relay_domains = bad.test
conf relay_recipient_maps = inline:{r@bad.test=x}
conf relay_transport = discard:
conf fast_flush_domains =
conf access_map_reject_code = 555
conf access_map_defer_code = 455
conf maps_rbl_reject_code = 556
conf reject_code = 557
conf defer_code = 457
conf invalid_hostname_reject_code = 558
conf non_fqdn_reject_code = 559
conf plaintext_reject_code = 460
conf multi_recipient_bounce_reject_code = 561
conf relay_domains_reject_code = 562
conf unknown_address_reject_code = 563
conf unknown_client_reject_code = 564
conf unknown_hostname_reject_code = 565
conf unverified_sender_reject_code = 566
conf unverified_sender_defer_code = 466
conf unverified_recipient_reject_code = 567
conf unverified_recipient_defer_code = 467
conf unknown_local_recipient_reject_code = 568
conf unknown_relay_recipient_reject_code = 569
conf unknown_virtual_alias_reject_code = 570
conf unknown_virtual_mailbox_reject_code = 571
conf address_verify_map =
conf address_verify_poll_delay = 1s
conf smtpd_reject_unlisted_recipient = no
conf always_add_missing_headers = yes
conf smtpd_forbid_unauth_pipelining = no
dns
    bad.test                   A    192.0.2.66
    bad.test                   MX   10 mx.bad.test
    bad.test                   NS   ns.bad.test
    mx.bad.test                A    192.0.2.67
    ns.bad.test                A    192.0.2.68
    good.test                  A    192.0.2.17
    good.test                  MX   10 mx.good.test
    good.test                  NS   ns.good.test
    mx.good.test               A    192.0.2.18
    ns.good.test               A    192.0.2.19
    66.2.0.192.bl.test         A    127.0.0.2
    66.2.0.192.bl.test         TXT  listed for a reason
    bad.test.bl.test           A    127.0.0.2
    bad.test.bl.test           TXT  a bad name
    null.test                  MX   0 .
    broken.test                SERVFAIL
    66.2.0.192.broken.test     SERVFAIL
    bad.test.broken.test       SERVFAIL
    backup.test                MX   10 mail.example.test
    mail.example.test          A    127.0.0.1
"""

# Who comes: what XCLIENT, EHLO, MAIL, RCPT and ETRN say; login is who logs in, told whose login XCLIENT tells of;
# direct an address of this host that comes without XCLIENT.
GOOD = dict(name="good.test", reverse="good.test", addr="192.0.2.17", helo="good.test", sender="s@good.test",
            rcpt="alice@example.test", etrn="good.test")
BAD = dict(name="bad.test", reverse="bad.test", addr="192.0.2.66", helo="bad.test", sender="s@bad.test", rcpt="r@bad.test",
           etrn="bad.test")
NAME, ADDR, MX, NS = ["inline:{ { %s = REJECT 4.7.9 seen } }" % k for k in ("bad.test", "192.0.2.66", "mx.bad.test", "ns.bad.test")]
AWAY = "fail:x"


def bad(**changes):
    return dict(BAD, **changes)


# keyword -> argument, and the sessions that show it, beside the one of GOOD unless they stand in ()
RESTRICTIONS = [
    ("permit", "", []), ("reject", "", []), ("defer", "", []), ("defer_if_permit", "", []),
    ("defer_if_reject", ", reject", []), ("warn_if_reject", "reject", []), ("sleep", "1", []),
    ("check_policy_service", "unix:private/policy", [BAD]), ("reject_plaintext_session", "", [dict(GOOD, tls="client")]),
    ("reject_unauth_pipelining", "", [dict(GOOD, together=True)]),
    ("reject_multi_recipient_bounce", "", [bad(sender="", rcpt2="alice@example.test")]),
    (NAME, "", [BAD]), ("class", "", [BAD]), ("check_client_access", NAME, [BAD]), ("check_client_a_access", ADDR, [BAD]),
    ("check_client_mx_access", MX, [BAD]), ("check_client_ns_access", NS, [BAD]),
    ("check_reverse_client_hostname_access", NAME, [BAD]), ("check_reverse_client_hostname_a_access", ADDR, [BAD]),
    ("check_reverse_client_hostname_mx_access", MX, [BAD]), ("check_reverse_client_hostname_ns_access", NS, [BAD]),
    ("check_ccert_access", "static:{REJECT a certificate}", [dict(GOOD, tls="client")]),
    ("check_sasl_access", "static:{REJECT a login}", [bad(login="ann"), bad(told="ann")]),
    ("permit_inet_interfaces", ", reject", (dict(GOOD, direct="127.0.0.1"), dict(GOOD, direct="127.0.0.9"))), ("permit_mynetworks", ", reject", [bad(addr="192.0.2.3")]),
    ("permit_sasl_authenticated", ", reject", [BAD, bad(login="ann"), bad(told="ann"), bad(told="ann", login="bob")]),
    ("permit_tls_all_clientcerts", ", reject", [dict(GOOD, tls="client"), dict(GOOD, tls="other")]),
    ("permit_tls_clientcerts", ", reject", [dict(GOOD, tls="client")]),
    ("permit_dnswl_client", "bl.test, reject", [BAD]), ("permit_rhswl_client", "bl.test, reject", [BAD]),
    ("permit_dnswl_client", "broken.test, reject", [BAD]), ("permit_rhswl_client", "broken.test, reject", [BAD]),
    ("reject_rbl_client", "bl.test", [BAD]), ("reject_rhsbl_client", "bl.test", [BAD]),
    ("reject_rhsbl_reverse_client", "bl.test", [BAD]), ("reject_rbl_client", "broken.test", [BAD]),
    ("reject_unknown_client_hostname", "", [bad(name="[UNAVAILABLE]"), bad(name="[TEMPUNAVAIL]")]),
    ("reject_unknown_reverse_client_hostname", "", [bad(reverse="[UNAVAILABLE]"), bad(reverse="[TEMPUNAVAIL]")]),
    ("check_helo_access", NAME, [BAD]), ("check_helo_a_access", ADDR, [BAD]), ("check_helo_mx_access", MX, [BAD]),
    ("check_helo_ns_access", NS, [BAD]), ("reject_invalid_helo_hostname", "", [bad(helo="a..b"), bad(helo="[1.2.3]")]),
    ("reject_non_fqdn_helo_hostname", "", [bad(helo="bad"), bad(helo="[192.0.2.66]")]), ("reject_rhsbl_helo", "bl.test", [BAD]),
    ("reject_unknown_helo_hostname", "", [bad(helo="no.test"), bad(helo="broken.test")]),
    ("check_sender_access", NAME, [BAD]), ("check_sender_a_access", ADDR, [BAD]), ("check_sender_mx_access", MX, [BAD]),
    ("check_sender_ns_access", NS, [BAD]),
    ("reject_authenticated_sender_login_mismatch", "", [BAD, bad(login="ann"), bad(login="bob"), bad(login="bob", sender="x@bad.test"), bad(told="bob")]),
    ("reject_unauthenticated_sender_login_mismatch", "", [BAD, bad(sender="x@bad.test"), bad(login="bob"), bad(login="bob", sender="x@bad.test")]),
    ("reject_known_sender_login_mismatch", "", [BAD, bad(login="ann"), bad(login="bob"), bad(login="bob", sender="x@bad.test")]),
    ("reject_sender_login_mismatch", "", [BAD, bad(login="bob"), bad(login="ann"), bad(login="bob", sender="x@bad.test"), bad(told="bob"), bad(login="bob", sender="")]),
    ("reject_non_fqdn_sender", "", [bad(sender="s"), bad(sender="postmaster"), bad(sender="s@bad"), bad(sender="")]),
    ("reject_rhsbl_sender", "bl.test", [BAD, bad(sender="")]),
    ("reject_unknown_sender_domain", "", [bad(sender="s@no.test"), bad(sender="s@broken.test"), bad(sender="s@null.test")]),
    ("reject_unlisted_sender", "", [bad(sender="nobody@example.test"), bad(sender="x@bad.test"), bad(sender="x@mail.example.test")]),
    ("reject_unverified_sender", "", [bad(sender="nobody@example.test")]),
    ("check_recipient_access", NAME, [BAD]), ("check_recipient_a_access", ADDR, [BAD]), ("check_recipient_mx_access", MX, [BAD]),
    ("check_recipient_ns_access", NS, [BAD]), ("permit_auth_destination", ", reject", [BAD, bad(rcpt="x@far.test"), bad(rcpt="x%far.test@bad.test")]),
    ("permit_mx_backup", ", reject", [bad(rcpt="x@backup.test"), bad(rcpt="x@far.test"), bad(rcpt="x@broken.test")]),
    ("reject_non_fqdn_recipient", "", [bad(rcpt="r@bad"), bad(rcpt="postmaster")]), ("reject_rhsbl_recipient", "bl.test", [BAD]),
    ("reject_unauth_destination", "", [BAD, bad(rcpt="x@far.test"), bad(rcpt="@far.test:x@bad.test"), bad(rcpt="x%far.test@bad.test")]),
    ("defer_unauth_destination", "", [BAD, bad(rcpt="x@far.test")]),
    ("reject_unknown_recipient_domain", "", [bad(rcpt="x@no.test"), bad(rcpt="x@broken.test"), bad(rcpt="x@null.test")]),
    ("reject_unlisted_recipient", "", [bad(rcpt="nobody@example.test"), bad(rcpt="x@bad.test"), bad(rcpt="x@mail.example.test")]),
    ("reject_unverified_recipient", "", [bad(rcpt="nobody@example.test")]),
    ("check_etrn_access", NAME, [BAD]),
    ("check_sender_access", "inline:{ { bad.test = OK } }, reject", [BAD]), ("check_sender_mx_access", "inline:{ { mx.bad.test = OK } }", [BAD]),
    ("check_sender_access", AWAY, []), ("check_sender_access", "", []), ("no_such_restriction", "", []),
    ("reject_rbl", "bl.test", [BAD]), ("reject_maps_rbl", "", [BAD]), ("reject_unknown_client", "", [bad(name="[UNAVAILABLE]")]),
    ("reject_invalid_hostname", "", [bad(helo="a..b")]), ("reject_non_fqdn_hostname", "", [bad(helo="bad")]),
    ("reject_unknown_hostname", "", [bad(helo="no.test")]), ("reject_unknown_address", "", [bad(sender="s@no.test")]),
    ("check_recipient_maps", "", [bad(rcpt="nobody@example.test")]), ("check_relay_domains", "", [BAD]), ("permit_naked_ip_address", "", [BAD]),
]

POLICY = """\
master policy unix - n n - 0 spawn user=$localuser argv=/bin/sh $dir/policy.sh
file policy.sh 755
    while read -r line; do
        case $line in
            sender=*@bad.test) answer="REJECT 4.7.8 by policy" ;;
            sender=*) answer=DUNNO ;;
            "") printf 'action=%s\\n\\n' "$answer" ;;
        esac
    done
"""
TLS = """\
conf smtpd_tls_security_level = may
conf smtpd_tls_ask_ccert = yes
conf smtpd_tls_CAfile = $certs/ca.pem
conf smtpd_tls_cert_file = $certs/server.pem
conf smtpd_tls_key_file = $certs/server.key
conf smtpd_tls_fingerprint_digest = sha256
conf relay_clientcerts = static:yes
"""
MORE = {"check_policy_service": POLICY, "class": "conf smtpd_restriction_classes = class\nconf class = check_sender_access " + NAME + ", reject_non_fqdn_sender\n",
        "reject_plaintext_session": TLS, "check_ccert_access": TLS, "permit_tls_all_clientcerts": TLS, "permit_tls_clientcerts": TLS,
        "permit_mx_backup": "conf proxy_interfaces = 127.0.0.1\n"}
LOGIN = """\
conf smtpd_sender_login_maps = inline:{ { s@bad.test = ann } }
conf smtpd_sasl_auth_enable = yes
conf smtpd_sasl_type = dovecot
conf smtpd_sasl_path = $auth
auth
    ann secret
    bob secret
"""


def session(port, who, listname, content=()):
    lines = ["try " + port + (" from " + who["direct"] if "direct" in who else "")]
    if not who.get("tls") and "direct" not in who:
        lines.append("    XCLIENT NAME=%(name)s REVERSE_NAME=%(reverse)s ADDR=%(addr)s" % who + (" LOGIN=" + who["told"] if "told" in who else ""))
    lines.append("    %s %s" % ("HELO" if who.get("together") else "EHLO", who["helo"]))
    if who.get("tls"):
        lines += ["    starttls " + who["tls"], "    EHLO " + who["helo"]]
    if "login" in who:
        lines.append("    AUTH PLAIN " + base64.b64encode(b"\0%s\0secret" % who["login"].encode()).decode())
    if listname == "etrn":
        return lines + ["    ETRN " + who["etrn"]]
    lines += ["    MAIL FROM:<%s>%s" % (who["sender"], "+" if who.get("together") else ""), "    RCPT TO:<%s>" % who["rcpt"]]
    if "rcpt2" in who:
        lines.append("    RCPT TO:<%s>" % who["rcpt2"])
    if content or listname in ("data", "end_of_data"):
        lines += ["    DATA"] + ["    " + x for x in content or ("Subject: x", "", "x")] + ["    ."]
    return lines + ["    QUIT"]


def ports(value):
    """One port for each list, and one more for those that can be asked at once."""
    lines, names = [], []
    for name in LISTS:
        for now in (False, True):
            if now and name not in ("client", "helo", "sender"):
                continue
            port = name + ("_now" if now else "")
            own = "-o { smtpd_%s_restrictions = %s%s }" % (name, value, ", reject_unauth_destination" if name == "relay" else "")
            own += "" if name == "relay" else " -o { smtpd_relay_restrictions = permit_auth_destination, check_client_access static:OK, reject }"
            lines.append("master 127.0.0.1:$port_%s inet n - y - - smtpd -o smtpd_delay_reject=%s %s" % (port, "no" if now else "yes", own))
            names.append((port, name))
    return lines, names


def restriction_dialogues():
    seen = {}
    for keyword, argument, sessions in RESTRICTIONS:
        value = (keyword + " " + argument).strip().replace(" ,", ",")
        lines, names = ports(value)
        name = "table" if keyword == NAME else keyword
        seen[name] = seen.get(name, 0) + 1
        text = ["# %s in every list" % value, CONF.rstrip(), MORE.get(keyword, "").rstrip()]
        if "login" in keyword or any("login" in s for s in sessions):
            text.append(LOGIN.rstrip())
        text += lines
        for port, listname in names:
            for who in sessions if isinstance(sessions, tuple) else [GOOD] + sessions:
                text += session(port, who, listname)
        yield "restriction-%s%s" % (name.replace("_", "-"), "-%d" % seen[name] if seen[name] > 1 else ""), "\n".join(text) + "\n"


# Actions of access tables, for a client, a sender and a recipient.
ACCESS = ["OK", "1234567", "RELAY", "450 text", "550 text", "550 5.1.7 text", "421 text", "521 text", "REJECT", "REJECT text", "REJECT 5.6.7 text",
          "REJECT 4.6.7 text", "DEFER", "DEFER text", "DEFER 4.6.7 text", "DEFER_IF_REJECT text", "DEFER_IF_PERMIT", "DEFER_IF_PERMIT text",
          "DEFER_IF_PERMIT 4.6.7 text", "reject_non_fqdn_sender, permit", "class", "BCC bob@example.test", "BCC bob", "DISCARD", "DISCARD text",
          "DUNNO", "FILTER discard:nowhere", "FILTER nothing", "HOLD", "HOLD text", "PREPEND X-Seen: yes", "PREPEND nothing",
          "REDIRECT carol@example.test", "REDIRECT carol", "INFO", "INFO text", "WARN", "WARN text", "loop", "no such action"]

# Actions of header_checks and its relatives.
CHECKS = ["BCC bob@example.test", "BCC bob", "DISCARD", "DISCARD text", "DUNNO", "OK", "FILTER discard:nowhere", "FILTER nothing", "HOLD", "HOLD text",
          "IGNORE", "INFO", "INFO text", "PASS", "PASS text", "PREPEND X-Seen: yes", "PREPEND", "REDIRECT carol@example.test", "REDIRECT carol",
          "REPLACE X-Other: yes", "REPLACE", "REJECT", "REJECT text", "REJECT 5.6.7 text", "REJECT 4.6.7 text", "STRIP", "STRIP text", "WARN",
          "WARN text", "4.6.7 text", "550 text", "no such action"]


def access_dialogues():
    for number, action in enumerate(ACCESS):
        lines, names = ports("check_sender_access static:{%s}" % action)
        text = ["# the access action %s in every list" % action, CONF.rstrip(), "conf smtpd_restriction_classes = class, loop",
                "conf class = reject_non_fqdn_sender, reject", "conf loop = check_sender_access static:loop", "conf maximal_queue_lifetime = 1d"]
        text += lines
        for port, listname in names:
            text += session(port, dict(GOOD, sender="s@good"), listname, ("Subject: x", "", "x"))
        words = "".join(c if c.isalnum() else "-" for c in action)
        yield "access-%02d-%s" % (number, words.strip("-")), "\n".join(text) + "\n"


BODIES = {
    "header_checks": ("^X-Seen-%d:", ["X-Seen-%d: a", "Subject: x", "", "body"]),
    "mime_header_checks": ("^Content-Type: x.y%d;", ["MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "", "--b",
                                                    "Content-Type: x/y%d; name=z", "", "part", "--b--"]),
    "nested_header_checks": ("^X-Seen-%d:", ["MIME-Version: 1.0", "Content-Type: message/rfc822", "", "X-Seen-%d: a", "Subject: y", "", "part"]),
    "body_checks": ("^line %d$", ["Subject: x", "", "before", "line %d", "after"]),
}


def check_dialogues():
    for kind, (pattern, content) in sorted(BODIES.items()):
        text = ["# every action of %s" % kind, "need SMTPD VIRTUAL", "conf smtpd_peername_lookup = no", "conf smtpd_error_sleep_time = 0",
                "conf %s = regexp:$dir/checks" % kind, "file checks"]
        text += ["    /%s/ %s" % (pattern % n, action) for n, action in enumerate(CHECKS)]
        for n in range(len(CHECKS)):
            text += session("smtp", GOOD, "", [x % n if "%d" in x else x for x in content])
        yield kind.replace("_", "-"), "\n".join(x for x in text if "XCLIENT" not in x) + "\n"
    for kind in ("smtp_header_checks", "smtp_mime_header_checks", "smtp_nested_header_checks", "smtp_body_checks"):
        pattern, content = BODIES[kind[5:]]
        text = ["# every action of %s" % kind, "need SMTPD SMTP", "conf smtpd_peername_lookup = no", "conf relayhost = $sink", "sink",
                "conf %s = regexp:$dir/checks" % kind, "file checks"]
        text += ["    /%s/ %s" % (pattern % n, action) for n, action in enumerate(CHECKS)]
        for n in range(len(CHECKS)):
            text += session("smtp", dict(GOOD, rcpt="x@far.test"), "", [x % n if "%d" in x else x for x in content])
        yield kind.replace("_", "-"), "\n".join(x for x in text if "XCLIENT" not in x) + "\n"


def write(directory):
    """Writes them all; unchanged ones keep their date."""
    os.makedirs(directory, exist_ok=True)
    made = set()
    for make in (restriction_dialogues, access_dialogues, check_dialogues):
        for name, text in make():
            path = os.path.join(directory, name + ".t")
            made.add(name + ".t")
            if not os.path.exists(path) or open(path).read() != text:
                with open(path, "w") as f:
                    f.write(text)
    for name in os.listdir(directory):
        if name.endswith(".t") and name not in made:
            os.unlink(os.path.join(directory, name))
    return directory

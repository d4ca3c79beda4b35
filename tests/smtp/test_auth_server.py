# test_auth_server.py - what an authentication server of Dovecot's kind is told, and how much a client may say
# SPDX-License-Identifier: ISC
import base64

from lib.authserver import AuthServer

CONF = """
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = %s
smtpd_error_sleep_time = 0
smtpd_peername_lookup = no
"""


def start(t, conf=""):
    t.need("SMTPD", "SASL_DOVECOT")
    server = AuthServer()
    i = t.instance(CONF % server.address + conf)
    c = i.connect()
    c.hello()
    return i, c, server


PLAIN = base64.b64encode(b"\0alice\0secret").decode()


def test_service(t):
    _, c, server = start(t)
    c.line("AUTH PLAIN " + PLAIN)
    c.expect("235 2.7.0")
    t.equal("service=smtp" in server.question(), True)


def test_service_of_another_name(t):
    _, c, server = start(t, "smtpd_sasl_service = submission\n")
    c.line("AUTH PLAIN " + PLAIN)
    c.expect("235 2.7.0")
    t.equal("service=submission" in server.question(), True)


def long_response(c, n):
    c.line("AUTH PLAIN")
    c.expect("334")
    c.line("A" * n)
    return c.reply()


def test_a_response_that_is_too_long(t):
    i, c, server = start(t)
    t.match("235 2.7.0", long_response(c, 12000))
    _, c, server = i, i.connect(), server
    c.hello()
    t.match("500 5.5.6 SASL response limit exceeded", long_response(c, 12288))
    c.line("NOOP")
    c.expect("250")


def test_longer_responses(t):
    _, c, server = start(t, "smtpd_sasl_response_limit = 20000\n")
    t.match("235 2.7.0", long_response(c, 16000))
    t.equal(len(server.asked[-1][-1]), 16000)

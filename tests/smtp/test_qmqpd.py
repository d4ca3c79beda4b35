# test_qmqpd.py - mail by QMQP: accepted, refused, malformed
# SPDX-License-Identifier: ISC
import socket
import time


def netstring(data):
    return b"%d:%s," % (len(data), data)


def package(message, sender, *rcpts):
    return netstring(b"".join(netstring(x.encode()) for x in (message, sender) + rcpts))


def talk(i, data, half_close=False):
    """The answer without its length and comma; None when there is none."""
    with socket.create_connection(("127.0.0.1", i.port("qmqp")), timeout=15) as s:
        s.sendall(data)
        if half_close:
            s.shutdown(socket.SHUT_WR)
        got = b""
        while True:
            try:
                more = s.recv(4096)
            except ConnectionResetError:
                break
            if not more:
                break
            got += more
    if not got:
        return None
    length, _, rest = got.partition(b":")
    assert rest == rest[:int(length)] + b",", got
    return rest[:-1].decode()


def system(t, conf="", **kw):
    t.need("QMQPD", "VIRTUAL")
    return t.instance("qmqpd_authorized_clients = 127.0.0.0/8\nqmqpd_error_delay = 0s\n" + conf,
                      master=["127.0.0.1:$port_qmqp inet n - n - - qmqpd"], **kw)


def test_a_message_is_queued(t):
    i = system(t)
    got = talk(i, package("Subject: x\n\n.dot\nlast without end", "s@client.test", "alice@example.test",
                          "bob@example.test"))
    t.match("^KOk: queued as [0-9A-F]+$", got)
    text = i.wait_delivered("alice")[0]
    t.match(r"^Return-Path: <s@client.test>$", text)
    t.match(r"^Received: from localhost \(localhost \[127.0.0.1\]\)$", text)
    t.match(r"^\tby mail.example.test \(Postfix\) with QMQP\n\tid [0-9A-F]+; ", text)
    t.match(r"(?m)^Subject: x\n", text)
    t.match(r"\n\n\.dot\nlast without end\n$", text)
    i.wait_delivered("bob")
    i.wait_log(r"qmqpd\[\d+\]: [0-9A-F]+: client=localhost\[127.0.0.1\]$")


def test_client_is_not_authorized(t):
    i = system(t, "qmqpd_authorized_clients = 192.0.2.0/24\nqmqpd_error_delay = 2s\nqmqpd_client_port_logging = yes")
    began = time.monotonic()
    got = talk(i, package("x", "s@client.test", "alice@example.test"))
    t.match(r"^DError: localhost\[127.0.0.1\]:\d+ is not authorized to use this service$", got)
    if time.monotonic() - began < 1.9:
        t.fail("no delay")
    i.wait_log(r"connect from localhost\[127.0.0.1\]:\d+$")


def test_nobody_is_authorized_at_first(t):
    i = system(t, "qmqpd_authorized_clients =")
    t.match("not authorized", talk(i, package("x", "s@client.test", "alice@example.test")))


def test_message_too_large(t):
    i = system(t, "message_size_limit = 2000\nheader_size_limit = 1000")
    t.equal(talk(i, package("Subject: x\n\n" + "y" * 5000, "s@client.test", "alice@example.test"), True),
            "Dnetstring length exceeds storage limit while receiving message content")
    t.equal(i.maildir("alice"), [])


def test_content_is_refused(t):
    t.need("MAP_REGEXP")
    i = system(t, "header_checks = regexp:{ { /^Subject: bad/ REJECT go away } }")
    t.since("3.7")
    t.match("^DError: .*go away|^DError: message content rejected",
            talk(i, package("Subject: bad\n\nx\n", "s@client.test", "alice@example.test")))
    t.equal(i.maildir("alice"), [])


def test_malformed_netstrings(t):
    i = system(t)
    good = package("x\n", "s@client.test", "alice@example.test")
    t.equal(talk(i, b"x", True), "Dnetstring format error while receiving QMQP packet header")
    t.equal(talk(i, good[:20], True), None)
    for data in (b"99999999999999999999:", b"5:abcde,", good[:-1] + b";", b"3:1:x", netstring(netstring(b"x") + b"9:y,"),
                 b":", b"0:,", b"-1:,"):
        got = talk(i, data, True)
        if got and not got.startswith("Dnetstring "):
            t.fail(got)
    t.match("^K", talk(i, good))
    t.equal(len(i.wait_delivered("alice")), 1)
    t.match(r"netstring format error while receiving", i.log())


def test_timeout(t):
    i = system(t, "qmqpd_timeout = 1s")
    t.equal(talk(i, b"100:"), None)
    i.wait_log(r"localhost\[127.0.0.1\]: read/write timeout while receiving message content")


def test_verp(t):
    i = system(t, "transport_maps = inline:{ { bad.test = error:5.1.1 nobody } }\nrecipient_delimiter = +")
    t.match("^K", talk(i, package("x\n", "alice-@example.test-@[]", "bob@example.test")))
    t.match(r"^Return-Path: <alice-bob=example.test@example.test>$", i.wait_delivered("bob")[0])

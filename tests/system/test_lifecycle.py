# test_lifecycle.py - start, status, reload, stop of the whole mail system
# SPDX-License-Identifier: ISC


def test_start_status_stop(t):
    t.need("SMTPD")
    i = t.instance()
    t.equal(i.run("postfix status")[0], 0)
    status, out = i.run("postfix start")
    t.equal(status, 1)
    t.match("already running", out + i.log())
    i.stop("stop")
    t.equal(i.master_pid(), None)
    if not t.env.oracle:  # its log service may be gone before the line is written
        t.match(r"master\[\d+\]: terminating on signal 15", i.log())
    t.equal(i.run("postfix status")[0], 1)


def test_reload_keeps_sessions(t):
    t.need("SMTPD")
    i = t.instance()
    client = i.connect()
    client.hello()
    i.conf("myhostname = other.example.test")
    i.reload()
    i.wait_log("reload -- version")
    client.line("NOOP")
    client.expect("250 2.0.0 Ok")
    other = i.connect()
    t.match("other.example.test", other.hello())

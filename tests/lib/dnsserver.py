#!/usr/bin/env python3
"""dnsserver.py - a small DNS server for tests, UDP and TCP, answers from a text file.

usage: dnsserver.py [-a ADDRESS] [-p PORT] [-l LOGFILE] ZONEFILE

Prints "ready PORT" when it listens (port 0: any free one). The zone file is read again when it
changes. Lines are "name type value"; # starts a comment; several lines of one name add up:

    example.test            MX      10 mail.example.test
    mail.example.test       A       127.0.0.1
    nomail.test             MX      0 .
    www.test                CNAME   mail.example.test
    1.0.0.127.in-addr.arpa  PTR     mail.example.test
    text.test               TXT     any text up to the end of the line
    _25._tcp.mx.test        TLSA    3 1 1 0123abcd
    _s._tcp.x.test          SRV     0 5 25 mail.example.test
    *.wild.test             A       127.0.0.2

Behaviour in place of a record, for all types of that name:

    broken.test             SERVFAIL
    refused.test            REFUSED
    silent.test             TIMEOUT         no answer at all
    slow.test               DELAY   0.5     answer after so many seconds
    empty.test              NODATA          the name exists, without records
    big.test                TRUNCATE        UDP answers have TC and no records; TCP answers are whole
    signed.test             AD              answers have the AD bit
    liar.test               LIE     id      a wrong id first, then the answer; also: question, garbage
    x.test                  NXDOMAIN        the same as not mentioning it

SPDX-License-Identifier: ISC
"""
import argparse
import os
import socket
import struct
import sys
import threading
import time

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "TLSA": 52}
NAMES = {v: k for k, v in TYPES.items()}
SPECIAL = {"SERVFAIL", "REFUSED", "TIMEOUT", "DELAY", "NODATA", "TRUNCATE", "AD", "LIE", "NXDOMAIN"}


def wire_name(name):
    name = name.rstrip(".")
    out = b""
    for label in name.split(".") if name else []:
        raw = label.encode("latin-1")
        out += bytes([len(raw)]) + raw
    return out + b"\0"


def wire_data(kind, value):
    words = value.split()
    if kind == "A":
        return socket.inet_pton(socket.AF_INET, value)
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, value)
    if kind in ("NS", "CNAME", "PTR"):
        return wire_name(value)
    if kind == "MX":
        return struct.pack(">H", int(words[0])) + wire_name(words[1])
    if kind == "SRV":
        return struct.pack(">HHH", *map(int, words[:3])) + wire_name(words[3])
    if kind == "TLSA":
        return bytes(map(int, words[:3])) + bytes.fromhex(words[3])
    if kind == "SOA":
        return wire_name(words[0]) + wire_name(words[1]) + struct.pack(">IIIII", *map(int, words[2:7]))
    if kind == "TXT":
        raw = value.encode("latin-1")
        return b"".join(bytes([len(raw[i:i + 255])]) + raw[i:i + 255] for i in range(0, len(raw), 255)) or b"\0"
    raise ValueError(kind)


class Zone:
    def __init__(self, path=None, text=""):
        self.path, self.stamp, self.lock = path, None, threading.Lock()
        self.records, self.special = {}, {}
        if path is None:
            self.parse(text)
        else:
            self.refresh()

    def refresh(self):
        if self.path is None:
            return
        with self.lock:
            st = os.stat(self.path)
            stamp = (st.st_mtime_ns, st.st_size, st.st_ino)
            if stamp != self.stamp:
                self.stamp = stamp
                with open(self.path, encoding="latin-1") as f:
                    self.parse(f.read())

    def parse(self, text):
        records, special = {}, {}
        for number, line in enumerate(text.splitlines(), 1):
            words = line.strip().split(None, 2)
            if not words or words[0].startswith("#"):
                continue
            name = words[0].lower().rstrip(".")
            kind = words[1].upper() if len(words) > 1 else ""
            value = words[2] if len(words) > 2 else ""
            if kind in SPECIAL:
                special.setdefault(name, {})[kind] = value
            elif kind in TYPES:
                records.setdefault(name, []).append((kind, wire_data(kind, value)))
            else:
                sys.exit("dnsserver: line %d: unknown type %r" % (number, kind))
        self.records, self.special = records, special

    def find(self, table, name):
        if name in table:
            return table[name]
        labels = name.split(".")
        for i in range(1, len(labels)):
            got = table.get("*." + ".".join(labels[i:]))
            if got is not None:
                return got
        return None

    def exists(self, name):
        return (self.find(self.records, name) is not None or self.find(self.special, name) is not None or
                any(n.endswith("." + name) for n in list(self.records) + list(self.special)))


class DnsServer:
    """Use: s = DnsServer(text="a.test A 127.0.0.1"); s.start(); ... s.port ...; s.stop()"""

    def __init__(self, path=None, text="", addr="127.0.0.1", port=0, log=None):
        self.zone = Zone(path, text)
        self.log = open(log, "a", buffering=1) if log else None
        family = socket.AF_INET6 if ":" in addr else socket.AF_INET
        for _ in range(50):
            self.udp = socket.socket(family, socket.SOCK_DGRAM)
            self.tcp = socket.socket(family, socket.SOCK_STREAM)
            self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.udp.bind((addr, port))
            self.port = self.udp.getsockname()[1]
            try:
                self.tcp.bind((addr, self.port))
                break
            except OSError:
                self.udp.close()
                self.tcp.close()
                if port:
                    raise
        self.tcp.listen(64)
        self.questions = []

    def start(self):
        for target in (self.serve_udp, self.serve_tcp):
            threading.Thread(target=target, daemon=True).start()
        return self

    def stop(self):
        for s in (self.udp, self.tcp):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def serve_udp(self):
        while True:
            try:
                packet, peer = self.udp.recvfrom(4096)
            except OSError:
                return
            threading.Thread(target=self.one_udp, args=(packet, peer), daemon=True).start()

    def one_udp(self, packet, peer):
        for reply in self.answer(packet, False):
            try:
                self.udp.sendto(reply, peer)
            except OSError:
                return

    def serve_tcp(self):
        while True:
            try:
                conn, _ = self.tcp.accept()
            except OSError:
                return
            threading.Thread(target=self.one_tcp, args=(conn,), daemon=True).start()

    def one_tcp(self, conn):
        with conn:
            conn.settimeout(10)
            f = conn.makefile("rb")
            try:
                while True:
                    head = f.read(2)
                    if len(head) < 2:
                        return
                    packet = f.read(struct.unpack(">H", head)[0])
                    for reply in self.answer(packet, True):
                        conn.sendall(struct.pack(">H", len(reply)) + reply)
            except OSError:
                return

    def answer(self, packet, tcp):
        if len(packet) < 17:
            return
        ident, flags, _, _, _, extra = struct.unpack(">6H", packet[:12])
        labels, at = [], 12
        while at < len(packet) and packet[at]:
            labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1"))
            at += 1 + packet[at]
        kind = struct.unpack(">H", packet[at + 1:at + 3])[0]
        question = packet[12:at + 5]
        name = ".".join(labels).lower()
        self.zone.refresh()
        self.questions.append((name, NAMES.get(kind, str(kind))))
        if self.log:
            self.log.write("%s %s %s\n" % ("tcp" if tcp else "udp", name, NAMES.get(kind, kind)))
        special = self.zone.find(self.zone.special, name) or {}
        if "TIMEOUT" in special:
            return
        if "DELAY" in special:
            time.sleep(float(special["DELAY"]))
        answers, rcode, ad = self.resolve(name, kind, special)
        truncate = "TRUNCATE" in special and not tcp
        if truncate:
            answers = []
        reply_flags = 0x8080 | (flags & 0x0100) | rcode | (0x0200 if truncate else 0) | (0x0020 if ad else 0)
        body = b"".join(wire_name(n) + struct.pack(">HHIH", TYPES[k], 1, 300, len(d)) + d for n, k, d in answers)
        opt = b"\0" + struct.pack(">HHIH", 41, 1232, 0x8000 if extra else 0, 0) if extra else b""
        count = len(answers)
        limit = 65535 if tcp else 1232 if extra else 512
        if 12 + len(question) + len(body) + len(opt) > limit:
            body, count, reply_flags = b"", 0, reply_flags | 0x0200
        rest = struct.pack(">4H", 1, count, 0, 1 if extra else 0)

        def whole(i, q):
            return struct.pack(">HH", i, reply_flags) + rest + q + body + opt

        lie = special.get("LIE")
        if lie == "id":
            yield whole(ident ^ 0x5555, question)
        elif lie == "question":
            yield whole(ident, wire_name("other.test") + question[-4:])
        elif lie == "garbage":
            yield struct.pack(">H", ident) + b"\xff" * 30
        yield whole(ident, question)

    def resolve(self, name, kind, special):
        answers, ad = [], "AD" in special
        if "SERVFAIL" in special:
            return answers, 2, False
        if "REFUSED" in special:
            return answers, 5, False
        if "NXDOMAIN" in special:
            return answers, 3, ad
        for _ in range(16):
            if not self.zone.exists(name):
                return answers, 3, ad
            here = self.zone.find(self.zone.records, name) or []
            found = [(name, k, d) for k, d in here if TYPES[k] == kind]
            alias = [(name, k, d) for k, d in here if k == "CNAME"]
            if found or not alias:
                return answers + found, 0, ad
            answers += alias[:1]
            target, d, at = [], alias[0][2], 0
            while d[at]:
                target.append(d[at + 1:at + 1 + d[at]].decode("latin-1"))
                at += 1 + d[at]
            name = ".".join(target).lower()
        return answers, 0, ad


def main():
    p = argparse.ArgumentParser(usage="dnsserver.py [-a ADDRESS] [-p PORT] [-l LOGFILE] ZONEFILE")
    p.add_argument("-a", default="127.0.0.1")
    p.add_argument("-p", type=int, default=0)
    p.add_argument("-l")
    p.add_argument("zone")
    args = p.parse_args()
    server = DnsServer(args.zone, addr=args.a, port=args.p, log=args.l).start()
    print("ready", server.port, flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()

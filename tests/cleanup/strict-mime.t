# strict_8bitmime and strict_mime_encoding_domain judge parts, preambles, epilogues and encodings as Postfix does
need SMTPD VIRTUAL
conf strict_8bitmime = yes
conf strict_mime_encoding_domain = yes
file send.py
    import socket, sys
    texts = ["Content-Transfer-Encoding: %s\r\n\r\n\xe4" % e for e in ("8bit (x)", "base64", "quoted-printable", "unknown", "7bit")]
    texts += ["Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\nx" % (t, e)
              for t in ("multipart/x; boundary=b", "message/rfc822", "message/partial", "message/global", "message/x", "text/plain")
              for e in ("8bit", "binary", "base64", "Quoted-Printable", "unknown")]
    multipart = "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s\r\n--b\r\n%s\r\n\r\n%s\r\n--b--\r\n%s"
    texts += [multipart % x for x in (("\xe4", "", "", ""), ("", "A: \xe4", "", ""), ("", "", "\xe4", ""), ("", "", "", "\xe4"),
                                      ("", "Content-Transfer-Encoding: 8bit", "\xe4", ""))]
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    f = s.makefile("rb")
    for n, text in enumerate(texts):
        line = [f.readline() for x in range(n == 0)]
        for command in ("HELO x", "MAIL FROM:<a@client.test>", "RCPT TO:<alice@example.test>", "DATA", "X: %d\r\n%s\r\n." % (n, text)):
            s.sendall(command.encode("latin-1") + b"\r\n")
            answer = f.readline().decode()
        print(n, answer.split(" queued")[0].strip())
run python3 send.py $port

# smtp_always_send_ehlo = no: EHLO only for a banner with ESMTP
need SMTPD SMTP
conf smtp_always_send_ehlo = no
conf transport_maps = inline:{plain.test=smtp:$sink_plain, esmtp.test=smtp:$sink_esmtp}
sink plain
    CONNECT: 220 there ready
sink esmtp
    CONNECT: 220 there ESMTP ready
message alice@example.test a@plain.test
sinkcount plain 1
nosink(plain): ^EHLO
message alice@example.test a@esmtp.test
sinkcount esmtp 1
sink(esmtp): ^EHLO

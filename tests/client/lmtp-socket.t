# LMTP through a socket of this machine; flags=DOR add headers
need SMTPD LMTP root
conf transport_maps = inline:{away.test=lmtp:$sink}
master lmtp unix - - n - - lmtp flags=DOR
conf lmtp_destination_recipient_limit = 1
sink
    lmtp
    unix box
message alice@example.test a@away.test
sink: ^LHLO
log: to=<a@away.test>, relay=mail.example.test\[$dir/box\], .*status=sent
sink= Return-Path: <alice@example.test>
sink= X-Original-To: a@away.test
sink= Delivered-To: a@away.test

# receive_override_options: addresses are not mapped, content is not looked at
need SMTPD VIRTUAL MAP_REGEXP
conf receive_override_options = no_address_mappings, no_header_body_checks
conf virtual_alias_maps = inline:{ { alice@example.test = bob@example.test } }
conf canonical_maps = inline:{ { ann@client.test = changed@client.test } }
conf always_bcc = carol@example.test
conf header_checks = regexp:{ {/^Subject: spam/ REJECT} }
since 3.7
message ann@client.test alice@example.test
    From: ann@client.test
    Subject: spam

    x
wait delivered alice 1
has: ^Return-Path: <ann@client.test>
has= From: ann@client.test
maildir bob 0
maildir carol 0

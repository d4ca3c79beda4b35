# Sender and recipients changed by a mail filter, with and without ESMTP parameters
milter
    eom: chgfrom <new@client.test> RET=HDRS ENVID=xyz FOO=BAR ; addrcptpar <bob@example.test> NOTIFY=NEVER ORCPT=rfc822;x@y.test FOO=1 ; addrcpt <carol@example.test> ; delrcpt <alice@example.test> ; delrcpt <stranger@example.test> ; addrcpt <alias@example.test> ; continue
conf virtual_alias_maps = inline:{{alias@example.test=dave@example.test}}
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
maildir bob 1
has: ^Return-Path: <new@client.test>
maildir carol 1
maildir dave 1
maildir alice 0
log: warning: Ignoring bad ESMTP parameter "FOO=BAR" in SMFI_CHGFROM request
log: ignoring ESMTP argument from Milter or header/body_checks: "FOO=1"
log: from=<new@client.test>, size=\d+, nrcpt=\d

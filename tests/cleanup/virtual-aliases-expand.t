# virtual aliases: lists, nesting, whole domains, extensions, an address that includes itself; each mailbox once
need VIRTUAL
conf recipient_delimiter = +
conf virtual_alias_domains = valias.test, dom.test
conf virtual_alias_maps = texthash:$dir/valias
conf enable_original_recipient = no
file valias
    team@valias.test     alice@example.test, sub@valias.test bob@example.test
    sub@valias.test      carol@example.test, alice@example.test
    @dom.test            @example.test
    bob@example.test     bob@example.test, dave@example.test
    x@valias.test        alice@example.test
run sendmail -f ann@client.test team@valias.test alice@dom.test
    Subject: for many

    x
wait delivered alice 1
wait delivered bob 1
wait delivered carol 1
wait delivered dave 1
queue empty
run sendmail -f ann@client.test x+tag@valias.test
    Subject: with an extension

    x
log: to=<alice\+tag@example.test>

# a header in which no address has to be rewritten stays as it is, spelled as it may be; one address changed sets the list anew
need VIRTUAL
conf canonical_maps = inline:{ old@far.test=new@far.test }
run sendmail -f bob@example.test alice@example.test
    From: bob @ far . test (Bob)
    To: ann@far.test
      carl@far.test
    Cc:  <@route.test:ann@far.test>,   carl@far.test
    Reply-To:  bob@far.test,   carl@far.test,
     dora@far.test
    Errors-To:  old@far.test,   "bob"@far.test,
     dora@far.test
    Subject: spelling

    x
wait delivered alice
has= From: bob @ far . test (Bob)
has= To: ann@far.test
has=   carl@far.test
has= Cc: <ann@far.test>, carl@far.test
has= Reply-To:  bob@far.test,   carl@far.test,
has=  dora@far.test
has= Errors-To: new@far.test, bob@far.test, dora@far.test

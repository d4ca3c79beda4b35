# virtual_delivery_status_filter
conf virtual_delivery_status_filter = regexp:$dir/filter
conf virtual_alias_maps = inline:{{info@example.test = gone@example.test}}
file filter
    /^5\.1\.1 unknown user: "(gone@.*)"/ 4.1.9 perhaps tomorrow: $1
message bob@example.test info@example.test
log: to=<gone@example\.test>, orig_to=<info@example\.test>, relay=virtual, .*dsn=4\.1\.9, status=deferred \(perhaps tomorrow: gone@example\.test\)
message bob@example.test alice@example.test
maildir alice 1

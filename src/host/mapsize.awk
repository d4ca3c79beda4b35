# mapsize.awk - what the linker kept, by folder or library and by file, from a link map (-Wl,-Map)
# SPDX-License-Identifier: ISC
# -v files=N lists the N largest files; the program's own files as src/..., those of libraries as lib(file).
function place(section, size, object,    kind, group, file) {
    kind = section ~ /^\.(bss|sbss|tbss)|^COMMON/ ? "bss" : section ~ /^\.(data|sdata|got|tdata|init_array|fini_array)/ ? "data" : "text"
    file = object
    sub(/^.*\//, "", file)
    if (object ~ /\.a\(/) {
        group = file
        sub(/\.a\(.*/, "", group)
    } else if (object ~ /(^|\/)src\//) {
        file = object
        sub(/^.*\/src\//, "src/", file); sub(/^src\//, "src/", file); sub(/\.o$/, ".c", file)
        group = file
        sub(/\/[^\/]*$/, "", group)
    } else {
        group = "start-and-linker"
    }
    sum[group, kind] += size; groups[group] += size
    per[file, kind] += size; all[file] += size
}
function row(name, t, d, b) { return sprintf("%-44s %8d %7d %7d", name, t, d, b) }
/^Linker script and memory map/ { on = 1 }
!on { next }
/^ (\.[^ ]+|COMMON)$/ { pending = $1; next }
{
    section = ""
    if ($0 ~ /^ (\.[^ ]+|COMMON) +0x[0-9a-f]+ +0x[0-9a-f]+ /) { section = $1; address = $2; size = $3; object = $4 }
    else if (pending != "" && $0 ~ /^ +0x[0-9a-f]+ +0x[0-9a-f]+ [^ ]/) { section = pending; address = $1; size = $2; object = $3 }
    pending = ""
    if (section == "" || section ~ /^\.(debug|comment|stab|pdr|gnu\.attr|mdebug|reginfo|MIPS|riscv|ARM\.attr|note\.GNU|gnu\.lto)/) next
    if (address ~ /^0x0+$/ || size ~ /^0x0+$/) next
    place(section, hex(size), object)
}
function hex(s,    n, i) {
    n = 0
    s = tolower(substr(s, 3))
    for (i = 1; i <= length(s); i++) n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
    return n
}
function table(title, what,    by, i) {
    printf "%-44s %8s %7s %7s\n", title, "text", "data", "bss"
    by = "sort -k2,2nr" (what == "file" ? " | head -n " files : "")
    if (what == "group")
        for (i in groups) print row(i, sum[i, "text"], sum[i, "data"], sum[i, "bss"]) | by
    else
        for (i in all) print row(i, per[i, "text"], per[i, "data"], per[i, "bss"]) | by
    close(by)
}
END {
    table("folder or library", "group")
    if (files) table("file", "file")
}

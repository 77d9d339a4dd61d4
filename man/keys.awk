# keys.awk - puts the output of `hvmsim list keys` in place of a page's @KEYS@.
#
# usage: awk -f keys.awk KEYS hvmsim-scenario.5.in
#
# A key's line is followed by what is expected of its text and, when only some schedulers
# understand it, by their names. Those keys recur in several groups, and are told once.

BEGIN {
    margin = "                     "
}

function roff(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    gsub(/`hvmsim list [a-z]+`/, "\\(oq&\\(cq", text)
    gsub(/`/, "", text)
    return text "\n"
}

# Source lines of 80 bytes at most.
function fold(text,   n, words, i, line, folded) {
    n = split(text, words, " ")
    line = words[1]
    for (i = 2; i <= n; i++) {
        if (length(line) + length(words[i]) >= 76) {
            folded = folded roff(line)
            line = words[i]
        } else {
            line = line " " words[i]
        }
    }
    return folded roff(line)
}

# Units have a section of their own.
function shorten(text) {
    sub(/ with its unit, such as [^(]*\([^)]*\)/, "", text)
    sub(/ such as 40%,/, "", text)
    return text
}

function close_list() {
    if (in_list)
        body = body ".El\n"
    in_list = 0
}

function end_key(   item) {
    if (key == "")
        return
    item = ".It Ic " roff(key) fold(help " (" expected ")" takers ".")
    if (takers == "") {
        if (!in_list)
            body = body ".Bl -tag -width Ds\n"
        in_list = 1
        body = body item
    } else {
        takes_params = 1
        if (!(key in seen))
            params = params item
        seen[key] = 1
    }
    key = takers = ""
}

function end_group() {
    end_key()
    close_list()
    if (takes_params)
        body = body ".Pp\nIt also takes the parameters of the scheduler, below.\n"
    takes_params = 0
}

FNR < NR && FNR == 1 {
    end_group()
}
FNR < NR && $0 == "@KEYS@" {
    printf "%s.Ss Parameters of the scheduler\n", body
    print "Keys of dom0, stub and domain; each domain takes those that the scheduler"
    printf "understands.\n.Bl -tag -width Ds\n%s.El\n", params
    next
}
FNR < NR {
    print
    next
}

/^\[/ {
    end_group()
    end = index($0, "]")
    body = body ".Ss " roff(substr($0, 2, end - 2)) fold(substr($0, end + 3) ".")
    next
}
/^  of / {
    end_key()
    close_list()
    sub(/^  of /, "")
    body = body ".Pp\n" (/^kind / ? "Of " : "With ") roff($0)
    next
}
index($0, margin "for ") == 1 {
    takers = "; " substr($0, length(margin) + 1)
    next
}
index($0, margin) == 1 {
    expected = shorten(substr($0, length(margin) + 1))
    next
}
/^  / {
    end_key()
    key = $1
    help = $0
    sub(/^ *[^ ]+ +/, "", help)
}

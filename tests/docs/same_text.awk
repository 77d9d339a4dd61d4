# same_text.awk - exit status 0 if the second file is as the first one says; a line "..."
# of the first stands for any number of lines.
#
# usage: awk -f same_text.awk EXPECTED FOUND

FNR == NR {
    expected[++n] = $0
    next
}
{
    found[++m] = $0
}

# Whether the lines from i on allow the lines from j on.
function allows(i, j) {
    while (i <= n && expected[i] != "...") {
        if (j > m || expected[i] != found[j]) {
            if (i > furthest) {
                furthest = i
                wrong = j
            }
            return 0
        }
        i++
        j++
    }
    if (i > n)
        return j > m
    for (; j <= m + 1; j++)
        if (allows(i + 1, j))
            return 1
    return 0
}

END {
    if (allows(1, 1))
        exit 0
    if (furthest > 0)
        printf "expected: %s\nfound:    %s\n", expected[furthest], found[wrong]
    exit 1
}

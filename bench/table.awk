# table.awk - bench.csv as Markdown tables: a table for each benchmark, a row for each
# metric, a column for each n (of "machine" for each placement); targets and whether they are met at the end of the row.
#
# usage: awk -F, [-v only=BENCHMARK] -f bench/table.awk bench/targets.csv bench.csv

FNR == 1 { file++; next }

file == 1 { bound[$1, $2, $3] = $5; relation[$1, $2] = $4; next }

# "stub-full-events" of 64 guests: full-events of stub.
$1 == "machine" && match($3, /-(full|lean)-/) {
    $2 = substr($3, 1, RSTART - 1)
    $3 = substr($3, RSTART + 1)
}

!($1 in n_columns) { benchmarks[++n_benchmarks] = $1; n_columns[$1] = n_rows[$1] = 0 }

!(($1, $2) in column_of) { column_of[$1, $2] = ++n_columns[$1]; column[$1, n_columns[$1]] = $2 }

!(($1, $3) in row_of) { row_of[$1, $3] = ++n_rows[$1]; row[$1, n_rows[$1]] = $3; unit[$1, $3] = $5 }

{ value[$1, $2, $3] = $4 }

function bound_of(benchmark, metric, n) {
    if ((benchmark, metric, n) in bound)
        return bound[benchmark, metric, n]
    return (benchmark, metric, "*") in bound ? bound[benchmark, metric, "*"] : ""
}

function holds(relation, value, bound) {
    return relation == "<=" ? value + 0 <= bound + 0 : value + 0 >= bound + 0
}

# The targets of a row, and where they are missed.
function verdict(benchmark, metric,    i, n, here, list, missed, last) {
    for (i = 1; i <= n_columns[benchmark]; i++) {
        n = column[benchmark, i]
        here = bound_of(benchmark, metric, n)
        if (here == "" || value[benchmark, n, metric] == "")
            continue
        if (here != last)
            list = list (list ? ", " : "") relation[benchmark, metric] " " here
        last = here
        if (!holds(relation[benchmark, metric], value[benchmark, n, metric], here))
            missed = missed (missed ? ", " : "") n
    }
    if (list == "")
        return ""
    return list ": " (missed ? "**missed** at " missed : "met")
}

function short(value) {
    if (value == "")
        return ""
    if (value == int(value) || value >= 1000)
        return sprintf("%.0f", value)
    return value >= 100 ? sprintf("%.0f", value) : value >= 10 ? sprintf("%.1f", value) : sprintf("%.2f", value)
}

function print_table(benchmark,    i, j, line, rule) {
    line = "| " benchmark " | unit |"
    rule = "|---|---|"
    for (j = 1; j <= n_columns[benchmark]; j++) {
        line = line " " column[benchmark, j] " |"
        rule = rule "--:|"
    }
    print line " target |"
    print rule "---|"
    for (i = 1; i <= n_rows[benchmark]; i++) {
        line = "| " row[benchmark, i] " | " unit[benchmark, row[benchmark, i]] " |"
        for (j = 1; j <= n_columns[benchmark]; j++)
            line = line " " short(value[benchmark, column[benchmark, j], row[benchmark, i]]) " |"
        print line " " verdict(benchmark, row[benchmark, i]) " |"
    }
}

END {
    for (b = 1; b <= n_benchmarks; b++) {
        if (only != "" && only != benchmarks[b])
            continue
        print_table(benchmarks[b])
        if (only == "")
            print ""
    }
}

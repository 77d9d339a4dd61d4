# blocks.awk - takes the literal blocks out of a document, in order.
#
# usage: awk -v folder=FOLDER -f blocks.awk DOCUMENT
#
# Writes NNN.KIND for each block, KIND being what stands behind ``` (or "none"), NNN.line
# with the number of its line, and NNN.note with the comment before it: <!-- note --> in
# Markdown, .\" note in a manual page, of which the section EXAMPLES alone is read.

function open_block(kind) {
    base = sprintf("%s/%03d", folder, ++n)
    file = base "." (kind == "" ? "none" : kind)
    printf "" >file
    print FNR >(base ".line")
    if (note != "")
        print note >(base ".note")
    close(base ".line")
    close(base ".note")
    note = ""
}

function close_block() {
    close(file)
    file = ""
}

FNR == 1 {
    is_manual = FILENAME ~ /\.[0-9]$/
}
is_manual && /^\.Sh / {
    in_examples = $2 == "EXAMPLES"
}
is_manual && !in_examples {
    next
}
is_manual && /^\.Ed/ || !is_manual && file != "" && /^```$/ {
    close_block()
    next
}
file != "" {
    if (is_manual) {
        gsub(/\\e/, "\\")
        gsub(/\\-/, "-")
        gsub(/\\&/, "")
    }
    print >file
    next
}
is_manual && /^\.Bd -literal/ {
    open_block(note ~ /^file / ? "ini" : "sh")
    next
}
is_manual && /^\.\\" / {
    note = substr($0, 5)
    next
}
!is_manual && /^```/ {
    open_block(substr($0, 4))
    next
}
!is_manual && /^<!-- .* -->$/ {
    note = substr($0, 6, length($0) - 9)
    next
}
NF > 0 && !/^\.Pp/ {
    note = ""
}

# shellcheck shell=bash
# completion.bash - completes hvmsim's commands, options and names in bash.
#
# Asks the program itself, so that it knows what the installed version has.

# _hvmsim_options COMMAND: one on each line, without their arguments.
_hvmsim_options() {
    hvmsim help "$1" 2>/dev/null | sed -n 's/^  \(-., \)\{0,1\}\(--[a-z-]*\).*/\2/p'
}

# _hvmsim_first_words ARGUMENTS...: of each line that hvmsim prints.
_hvmsim_first_words() {
    hvmsim "$@" 2>/dev/null | sed -n 's/^\([^ ][^ ]*\).*/\1/p'
}

# _hvmsim_words COMMAND PREVIOUS N: what may stand there that is no file; N arguments,
# options too, are before it.
_hvmsim_words() {
    case $1,$2 in
    *,--progress) printf '%s\n' auto always never ;;
    predict,--placement) printf '%s\n' dom0 stub ;;
    trace,--format | trace,-f) printf '%s\n' xentrace json ;;
    sensitivity,--figures | sensitivity,-f) printf '%s\n' assumed all ;;
    *,--format | *,-f) printf '%s\n' csv jsonl ;;
    list,list) _hvmsim_first_words list ;;
    list,*)
        [ "${COMP_WORDS[2]}" != costs ] && [ "$3" -gt 1 ] ||
            _hvmsim_first_words list "${COMP_WORDS[2]}"
        ;;
    *,--metric | *,-m) _hvmsim_first_words list columns ;;
    help,help) _hvmsim_commands ;;
    validate,*) _hvmsim_first_words validate --list ;;
    export,*) [ "$3" -ne 1 ] || _hvmsim_first_words list tables ;;
    esac
}

_hvmsim_commands() {
    hvmsim help 2>/dev/null |
        sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p'
}

_hvmsim() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]} words

    if [ "$COMP_CWORD" -eq 1 ]; then
        words="$(_hvmsim_commands) help --help --version"
    elif [[ $word == -* ]]; then
        words=$(_hvmsim_options "$command")
    else
        words=$(_hvmsim_words "$command" "$previous" $((COMP_CWORD - 2)))
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -o default -F _hvmsim hvmsim

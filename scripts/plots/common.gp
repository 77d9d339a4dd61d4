# What all figures share: size, fonts, colours. Each figure's script loads this.
# Draw one again with: gnuplot -e "format = 'pdf'; width_cm = 8.5" throughput.gp
# `settings` names the script with what the data cannot tell; a figure's script may say
# its own default_width_cm and default_height_cm before.

if (!exists("format")) format = 'svg'
if (!exists("settings")) settings = 'study.gp'
load settings

set encoding utf8
if (!exists("width_cm")) width_cm = exists("default_width_cm") ? default_width_cm : 12
is_narrow = width_cm < 11
if (!exists("height_cm")) height_cm = exists("default_height_cm") ? default_height_cm : \
    is_narrow ? 6.8 : 8
if (format eq 'pdf') {
    set terminal pdfcairo size width_cm cm,height_cm cm font 'DejaVu Sans,9' \
        linewidth 1 dashlength 0.7
} else {
    set terminal svg size width_cm*40,height_cm*40 fixed font 'DejaVu Sans,12' \
        background '#ffffff' linewidth 1 dashlength 0.7
}
small_font = format eq 'pdf' ? ',8' : ',10.5'
set output sprintf('../%s.%s', figure, format)

# Colours after Okabe and Ito, told apart by every kind of colour vision; dashes and
# points tell the lines apart in grey.
set linetype 1 linecolor rgb '#0072b2' linewidth 1.6 pointtype 7 pointsize 0.8 dashtype 1
set linetype 2 linecolor rgb '#d55e00' linewidth 1.6 pointtype 5 pointsize 0.8 dashtype (6,3)
set linetype 3 linecolor rgb '#009e73' linewidth 1.6 pointtype 9 pointsize 1.0 dashtype (8,3,2,3)
set linetype 4 linecolor rgb '#cc79a7' linewidth 1.6 pointtype 11 pointsize 1.0 dashtype (2,2)
set linetype 5 linecolor rgb '#56b4e9' linewidth 1.6 pointtype 13 pointsize 1.0 dashtype (10,3)
set linetype 6 linecolor rgb '#e69f00' linewidth 1.6 pointtype 6 pointsize 0.8 dashtype (4,2,1,2)

set border 3 linecolor rgb '#404040' linewidth 0.8
set tics nomirror out scale 0.6
set grid ytics linetype 1 linecolor rgb '#e0e0e0' linewidth 0.6 dashtype solid
set key outside center top horizontal reverse Left samplen 3.2 width 1 noenhanced

# What a figure holds, with line breaks behind commas and semicolons, so that it fits.
line_length = int(width_cm * 6)
array long_title[2] = [exists("held_title") ? held_title : '', exists("at_title") ? at_title : '']
array title_lines[2]
array wrapped_title[2]
do for [t = 1:2] {
    rest = long_title[t]
    wrapped = ''
    line = ''
    title_lines[t] = 1
    while (strlen(rest) > 0) {
        comma = strstrt(rest, ', ')
        semicolon = strstrt(rest, '; ')
        if (semicolon > 0 && (comma == 0 || semicolon < comma)) { comma = semicolon }
        part = comma > 0 ? rest[1:comma + 1] : rest
        rest = comma > 0 ? rest[comma + 2:*] : ''
        if (strlen(line) > 0 && strlen(line) + strlen(part) > line_length) {
            wrapped = wrapped . line . "\n"
            line = ''
            title_lines[t] = title_lines[t] + 1
        }
        line = line . part
    }
    wrapped_title[t] = wrapped . line
}

# What all figures share: size, fonts, colours. Each figure's script loads this.
# Draw one again with: gnuplot -e "format = 'pdf'" throughput.gp
# `settings` names the script with what the data cannot tell.

if (!exists("format")) format = 'svg'
if (!exists("settings")) settings = 'study.gp'
load settings

set encoding utf8
width_cm = exists("width_cm") ? width_cm : 12
height_cm = exists("height_cm") ? height_cm : 8
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

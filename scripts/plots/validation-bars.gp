# A target of validation whose rows have one unit: a bar for what was simulated, with its
# interval, and a mark for what was published.
load 'validation-rows.gp'
if (x_high > 0) {
    set xrange [0:x_high]
} else {
    set xrange [0:*]
}
set xlabel x_title
set style fill solid 1 noborder
plot data_file using 4:1:(0):4:($1 - 0.3):($1 + 0.3):ytic(2) \
         with boxxyerror linecolor rgb '#9ecae1' title 'simulated', \
     '' using 4:1:5:6 with xerrorbars linecolor rgb '#084a75' linewidth 1.2 dashtype 1 \
         pointtype 7 pointsize 0.4 title '95 % interval', \
     '' using 3:($1 - 0.42):(0):(0.84) with vectors nohead dashtype 1 \
         linecolor rgb '#d55e00' linewidth 2.5 title has_published ? 'published' : ''

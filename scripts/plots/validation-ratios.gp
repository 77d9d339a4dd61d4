# A target of validation whose rows have several units: simulated over published, on the
# grey band of what counts as inside.
load 'validation-rows.gp'
is_log = lowest < 0.4 || highest > 2.5
low = is_log ? (lowest < 0.0075 ? 0.005 : lowest < 0.25 ? lowest / 1.5 : 0.25) : (lowest < 0.5 ? lowest - 0.1 : 0.5)
high = is_log ? (highest > 4 ? highest * 1.5 : 4) : (highest > 1.5 ? highest + 0.1 : 1.5)
if (is_log) {
    set logscale x
    set xtics (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
}
set xrange [low:high]
inside(x) = x < low ? low : x > high ? high : x
set xlabel 'simulated : published'
set style fill solid 1 noborder
set arrow 1 from 1,graph 0 to 1,graph 1 nohead linecolor rgb '#404040' linewidth 1
plot data_file using (1):1:(inside($7)):(inside($8)):($1 - 0.3):($1 + 0.3):ytic(2) \
         with boxxyerror linecolor rgb '#d0d0d0' title 'inside', \
     '' using (inside($4)):1:(inside($5)):(inside($6)) with xerrorbars linetype 1 dashtype 1 \
         title 'simulated, 95 % interval'

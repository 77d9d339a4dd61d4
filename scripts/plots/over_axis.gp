# A metric over the number that varies, a line for each placement, or what else the study
# compares: mean and 95 % interval. The figure's script sets data_file and y_title.
load 'common.gp'
stats data_file using 3 nooutput
has_intervals = STATS_max > 0
if (axis_is_doubling) set logscale x 2
set xrange [axis_low:axis_high]
eval 'set xtics ' . axis_tics
set xlabel axis_title noenhanced
set ylabel y_title noenhanced
if (y_is_log) {
    set logscale y
    set format y '%g'
} else {
    # gnuplot's own choice looks at the means: the ends of bars would be cut off.
    stats data_file using ($2 + $3) name 'bar_ends' nooutput
    set yrange [0:bar_ends_max<*]
}
if (has_intervals) {
    set bmargin 4.6
    set label 9 'bars: 95 % confidence' at screen 0.98,character 0.7 \
        right font small_font textcolor rgb '#404040'
}
if (held_title ne '') set title wrapped_title[1] noenhanced font small_font
plot for [i = 0:n_lines - 1] data_file index i using 1:2:3 \
         with yerrorbars linetype i + 1 linewidth 1 pointtype -1 dashtype 1 notitle, \
     for [i = 0:n_lines - 1] data_file index i using 1:2 \
         with linespoints linetype i + 1 title columnheader(1)

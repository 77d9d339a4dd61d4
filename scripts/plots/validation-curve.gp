# A target of validation over an axis: rings and broken lines for what was published or
# follows from theory, points with intervals for what was simulated.
load settings
default_height_cm = 7 + 0.55 * n_entries
load 'common.gp'
data_file = figure . '.dat'
set datafile missing '?'
set xlabel x_title
set ylabel y_title
stats data_file using 1 nooutput
margin = (STATS_max - STATS_min) / 20
if (x_is_log) {
    set logscale x
    set xtics (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    set xrange [STATS_min / 1.2:STATS_max * 1.2]
} else {
    set xrange [STATS_min - margin:STATS_max + margin]
}
if (y_is_log) {
    set logscale y
} else {
    set yrange [0:*]
}
is_published(i) = value(sprintf('is_published_%d', i))
series(i) = value(sprintf('series_%d', i))
entry(i, what) = series(i) eq '' ? what : series(i) . ', ' . what
set key outside center top vertical maxcols 1 reverse Left samplen 3.2
plot for [i = 0:n_series - 1] data_file index i using 1:2 \
         with linespoints linetype i + 1 linewidth 1 dashtype (5,4) pointtype 6 \
         pointsize 1.7 title is_published(i) ? entry(i, published_title) : '', \
     for [i = 0:n_series - 1] data_file index i using 1:3:4:5 \
         with yerrorbars linetype i + 1 linewidth 1 pointtype -1 dashtype 1 notitle, \
     for [i = 0:n_series - 1] data_file index i using 1:3 \
         with linespoints linetype i + 1 linewidth 1 dashtype 1 pointsize 0.7 \
         title entry(i, 'simulated')

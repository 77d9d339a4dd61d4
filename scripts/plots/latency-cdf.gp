# Share of requests answered within a time, and beyond it: the second panel shows the
# tail, of which the first shows nothing. Both end where 1 request in 10,000 is left.
# Steps: there is nothing between two latencies that occurred.
figure = 'latency-cdf'
default_width_cm = 16
if (!exists("settings")) settings = 'study.gp'
load settings
default_height_cm = exists("width_cm") && width_cm < 11 ? 13 : 8.1
load 'common.gp'
stats 'latency-cdf.dat' using (1 - $2 >= 1e-4 ? $1 : NaN) nooutput
longest = STATS_max
stats 'latency-cdf.dat' using (1 - $2 < 1e-4 ? $1 : NaN) nooutput
if (STATS_min > longest) longest = STATS_min # one step leads there from far below
top = 1 - (0.8 + 0.42 * title_lines[2] + (is_narrow ? 0.42 * n_lines - 0.5 : 0)) / height_cm
if (is_narrow) {
    set multiplot layout 2,1 margins 1.9 / width_cm,0.96,1.45 / height_cm,top \
        spacing 1.8 / height_cm
} else {
    set multiplot layout 1,2 margins 1.9 / width_cm,0.98,1.45 / height_cm,top \
        spacing 2.1 / width_cm
}
if (at_title ne '') set label 1 wrapped_title[2] at graph 0.02,screen 1 - (is_narrow ? 0.3 : 0.8) / height_cm \
    noenhanced font small_font
set logscale x
set format x '10^{%L}'
set xrange [*:longest * 1.3]
set xlabel 'request latency (µs)'
set grid xtics ytics
if (is_narrow) {
    set key at screen 0.97,screen 1 - (0.3 + 0.42 * title_lines[2]) / height_cm right top \
        vertical maxcols 1 reverse Left samplen 2.5
} else {
    set key at screen 0.98,screen 1 right top vertical maxrows (n_lines > 4 ? 2 : 1) \
        reverse Left samplen 2.5
}
set ylabel 'share of requests within'
set yrange [0:1]
plot for [i = 0:n_lines - 1] 'latency-cdf.dat' index i using 1:2 \
         with steps linetype i + 1 title columnheader(1)
unset key
unset label 1
set logscale y
set yrange [1e-4:1]
set format y '10^{%L}'
set ylabel 'share of requests beyond'
plot for [i = 0:n_lines - 1] 'latency-cdf.dat' index i using 1:($2 < 1 ? 1 - $2 : 1e-9) \
         with steps linetype i + 1 title columnheader(1)
unset multiplot

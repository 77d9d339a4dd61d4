# Share of requests answered within a time, and beyond it: the second panel shows the
# tail, of which the first shows nothing. Both end where 1 request in 10,000 is left.
# Steps: there is nothing between two latencies that occurred.
figure = 'latency-cdf'
width_cm = 16
height_cm = 8.1
load 'common.gp'
stats 'latency-cdf.dat' using (1 - $2 >= 1e-4 ? $1 : NaN) nooutput
longest = STATS_max
stats 'latency-cdf.dat' using (1 - $2 < 1e-4 ? $1 : NaN) nooutput
if (STATS_min > longest) longest = STATS_min # one step leads there from far below
set multiplot layout 1,2 margins 0.12,0.98,0.176,0.85 spacing 0.13
if (at_title ne '') set label 1 at_title at graph 0.02,graph 1.06 noenhanced
set logscale x
set format x '10^{%L}'
set xrange [*:longest * 1.3]
set xlabel 'request latency (µs)'
set grid xtics ytics
set key at screen 0.98,screen 1 right top vertical maxrows (n_lines > 4 ? 2 : 1) reverse Left samplen 2.5
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

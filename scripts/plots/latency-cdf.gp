# Share of requests answered within a time, and beyond it: the second panel shows the
# tail, of which the first shows nothing.
figure = 'latency-cdf'
width_cm = 16
height_cm = 7.5
load 'common.gp'
set multiplot layout 1,2 margins 0.12,0.97,0.20,0.90 spacing 0.13
set label 1 at_title at graph 0,1.06 noenhanced
set logscale x
set format x '%g'
set xlabel 'request latency (µs)'
set grid xtics ytics
unset key
set ylabel 'share of requests within'
set yrange [0:1]
plot for [i = 0:n_placements - 1] 'latency-cdf.dat' index i using 1:2 \
         with lines linetype i + 1 title columnheader(1)
unset label 1
set key left bottom
set logscale y
set yrange [1e-4:1]
set format y '10^{%L}'
set ylabel 'share of requests beyond'
plot for [i = 0:n_placements - 1] 'latency-cdf.dat' index i using 1:(1 - $2) \
         with lines linetype i + 1 title columnheader(1)
unset multiplot

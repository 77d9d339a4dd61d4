# What each guest's account paid, and what was spent for that guest: a panel for each
# line of the study.
figure = 'booked-attributed'
width_cm = 15
if (!exists("settings")) settings = 'study.gp'
load settings
height_cm = n_lines > 4 ? 11.5 * n_lines / 4.0 : 11.5
load 'common.gp'
stats 'booked-attributed.dat' using 1:2 nooutput
n_guests = STATS_max_x
highest = STATS_max_y
stats 'booked-attributed.dat' using 3 nooutput
if (STATS_max > highest) highest = STATS_max
if (highest <= 0) highest = 1
step = 10.0 ** floor(log10(highest))
if (highest / step < 2) step = step / 2
# The first line that has guests: a panel without any draws no legend.
legend_line = n_lines - 1
do for [i = n_lines - 1:0:-1] {
    undefine STATS_records
    stats 'booked-attributed.dat' index i using 1 nooutput
    if (exists("STATS_records")) { legend_line = i }
}
guest_step = n_guests > 16 ? ceil(n_guests / 8) : 1

set multiplot layout n_lines,1 margins 0.11,0.98,0.13,0.89 spacing 0.075
set style fill solid 1 noborder
set boxwidth 0.38
set xrange [0.3:n_guests + 0.7]
set yrange [0:highest * 1.05]
set ytics step
set xtics guest_step,guest_step,n_guests scale 0
if (guest_step > 1) set xtics add (1)
set format x ''
set ylabel '% of one pCPU'
if (at_title ne '') set label 2 at_title at screen 0.113,screen 0.965 noenhanced
set key at screen 0.98,screen 0.985 right top horizontal reverse Left samplen 1 width -4
do for [i = 0:n_lines - 1] {
    set label 1 line_names[i + 1] at graph 0.005,graph 1 offset character 0,character 0.6 noenhanced
    if (i == n_lines - 1) {
        set format x '%.0f'
        set xlabel 'guest'
    }
    plot 'booked-attributed.dat' index i using ($1 - 0.2):2 with boxes \
             linecolor rgb '#9ecae1' title 'paid by its account', \
         '' index i using ($1 + 0.2):3 with boxes \
             linecolor rgb '#084a75' title 'spent for it'
    if (i == legend_line) { unset key }
    unset label 2
}
unset multiplot

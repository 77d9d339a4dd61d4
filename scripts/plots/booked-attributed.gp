# What each guest's account paid, and what was spent for that guest: a panel for each
# line of the study.
figure = 'booked-attributed'
default_width_cm = 15
if (!exists("settings")) settings = 'study.gp'
load settings
default_height_cm = n_lines > 4 ? 11.5 * n_lines / 4.0 : 11.5
load 'common.gp'
stats 'booked-attributed.dat' every ::1 using (strlen(stringcolumn(4))) nooutput
label_length = STATS_max
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
# As many labels as there is room for: upright if they are long.
is_upright = n_guests * label_length * 0.2 > width_cm - 2 && label_length > 2
label_cm = is_upright ? 0.5 : label_length * 0.2 + 0.2
guest_step = ceil(n_guests * label_cm / (width_cm - 2.0))
shown(i, text, is_last) = is_last && (int(i) - 1) % guest_step == 0 ? text : ''

set multiplot layout n_lines,1 margins 1.7 / width_cm,1 - 0.3 / width_cm, \
    (1.3 + (is_upright ? 0.17 * label_length : 0)) / height_cm, \
    1 - (0.9 + 0.42 * title_lines[2] + (is_narrow ? 0.5 : 0)) / height_cm spacing 0.8 / height_cm
set style fill solid 1 noborder
set boxwidth 0.38
set xrange [0.3:n_guests + 0.7]
set yrange [0:highest * 1.05]
set ytics step
set xtics scale 0 noenhanced font small_font
if (is_upright) set xtics rotate by 90 right
set ylabel '% of one pCPU'
if (at_title ne '') set label 2 wrapped_title[2] at screen 1.7 / width_cm,screen 1 - \
    (is_narrow ? 0.8 : 0.3) / height_cm noenhanced font small_font
set key at screen 0.98,screen 1 - 0.1 / height_cm right top horizontal reverse Left samplen 1 width -4
do for [i = 0:n_lines - 1] {
    set label 1 line_names[i + 1] at graph 0.005,graph 1 offset character 0,character 0.6 noenhanced
    if (i == n_lines - 1) {
        set xlabel 'guest' offset 0,character (is_upright ? -0.1 * label_length : 0)
    }
    is_last = i == n_lines - 1
    plot 'booked-attributed.dat' index i using ($1 - 0.2):2 with boxes \
             linecolor rgb '#9ecae1' title 'paid by its account', \
         '' index i using ($1 + 0.2):3 with boxes \
             linecolor rgb '#084a75' title 'spent for it', \
         '' index i using 1:(0):xtic(shown($1, stringcolumn(4), is_last)) with points \
             pointtype -1 notitle
    if (i == legend_line) { unset key }
    unset label 2
}
unset multiplot

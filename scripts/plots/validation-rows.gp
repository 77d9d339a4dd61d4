# What figures of rows under each other share: their names at the left, a key above.
# Each script loads this in the place of common.gp.
default_width_cm = 15
load settings
row_cm = label_lines > 1 ? 1.1 : 0.8
default_height_cm = 2.5 + n_rows * row_cm
load 'common.gp'
data_file = figure . '.dat'
set datafile missing '?'
stats data_file using 5 nooutput
lowest = STATS_min
stats data_file using 6 nooutput
highest = STATS_max
set tmargin at screen 1 - 0.9 / height_cm
set bmargin at screen 1.5 / height_cm
set lmargin at screen (0.8 + label_columns * 0.165) / width_cm
set rmargin at screen 0.96
set key at screen 0.96,screen (1 - 0.1 / height_cm) right top vertical reverse Left \
    samplen 2.4 width 1 maxrows 1 noenhanced
set yrange [n_rows + 0.5:0.5]
set ytics scale 0 font small_font
set border 1
unset grid
set grid xtics linetype 1 linecolor rgb '#e0e0e0' linewidth 0.6 dashtype solid

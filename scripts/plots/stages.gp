# Where the mean latency of a request goes, a bar for each line of the study; at the least and
# at the greatest number of guests.
figure = 'stages'
default_width_cm = 17
if (!exists("settings")) settings = 'study.gp'
load settings
default_height_cm = exists("width_cm") && width_cm < 11 ? 5 * n_stage_panels + 5 : 8.5
load 'common.gp'
# Told apart in grey, too: solid ones by lightness, from black to white, others by hatching.
array colour[9] = ['#252525', '#000000', '#fd9a4e', '#7f2704', '#0072b2', '#08306b', \
                   '#d9d9d9', '#00441b', '#ffffff']
array hatch[9] = [0, 1, 0, 5, 0, 4, 0, 2, 0]
fill(stage) = hatch[stage] > 0 ? sprintf('pattern %d', hatch[stage]) : 'solid 1'
bars(stage) = sprintf("%s 'stages.dat' index panel - 1 using %d:xtic(1) fillstyle %s border " . \
    "linecolor rgb '#404040' linecolor rgb '%s' linewidth 0.7 dashtype solid " . \
    "title columnheader(%d)", stage > 1 ? ',' : '', stage + 1, fill(stage), colour[stage], stage + 1)
command = 'plot'
do for [stage = 1:9] { command = command . bars(stage) }
# By hand: gnuplot guesses the width of a key, and leaves out what may not fit.
legend_x = is_narrow ? 1.9 / width_cm : 1 - 4.9 / width_cm
legend_y(stage) = (is_narrow ? 0.8 + 0.44 * (stage - 1) : height_cm - 1.3 - 0.6 * (9 - stage)) / height_cm
entry(stage, name) = sprintf("set object %d rectangle from screen %f,screen %f to screen %f,screen %f " . \
    "fillcolor rgb '%s' linewidth 0.7 fillstyle %s border linecolor rgb '#404040'; " . \
    "set label %d '%s' at screen %f,screen %f left noenhanced font small_font; ", \
    stage, legend_x, legend_y(stage) - 0.13 / height_cm, legend_x + 0.6 / width_cm, \
    legend_y(stage) + 0.13 / height_cm, colour[stage], fill(stage), \
    10 + stage, name, legend_x + 0.8 / width_cm, legend_y(stage))
legend = ''
do for [stage = 1:9] {
    stats 'stages.dat' index 0 every ::0::0 using (name = stringcolumn(stage + 1), 0) nooutput
    legend = legend . entry(stage, name)
}
left = 1.9 / width_cm
top = 1 - (0.9 + (held_title ne '' ? 0.42 * title_lines[1] : 0)) / height_cm
if (is_narrow) {
    set multiplot layout n_stage_panels,1 margins left,0.97,5.3 / height_cm,top \
        spacing 1.5 / height_cm
} else {
    set multiplot layout 1,n_stage_panels margins left,1 - 5.2 / width_cm,0.9 / height_cm,top \
        spacing 1.7 / width_cm
}
set style data histograms
set style histogram rowstacked
set boxwidth 0.62
set xrange [-0.6:n_lines - 0.4] # so wide that names of placements do not touch
set xtics scale 0 noenhanced font small_font
set ylabel 'mean latency of a request (µs)'
unset key
if (held_title ne '') set label 2 wrapped_title[1] at screen left,screen 1 - 0.3 / height_cm \
    noenhanced font small_font
if (n_stage_panels > 1) set label 3 'each panel has its own scale' at screen 0.99,character 0.7 \
    right font small_font textcolor rgb '#404040'
do for [panel = 1:n_stage_panels] {
    set label 1 stage_panels[panel] at graph 0.02,graph 1.05 \
        noenhanced
    if (panel == n_stage_panels) { eval legend }
    eval command
    if (!is_narrow) { unset ylabel }
    unset label 2
    unset label 3
}
unset multiplot

# Where the mean latency of a request goes, a bar for each line of the study; at the least and
# at the greatest number of guests.
figure = 'stages'
default_width_cm = 17
if (!exists("settings")) settings = 'study.gp'
load settings
default_height_cm = exists("width_cm") && width_cm < 11 ? 5 * n_stage_panels + 3.2 : 8.5
load 'common.gp'
# Told apart in grey, too: solid ones by lightness, from black to white, others by hatching.
array colour[9] = ['#252525', '#000000', '#fd9a4e', '#7f2704', '#0072b2', '#08306b', \
                   '#d9d9d9', '#00441b', '#ffffff']
array fill[9] = [3, 1, 3, 5, 3, 4, 3, 2, 3]
left = 1.9 / width_cm
top = 1 - (0.9 + (held_title ne '' ? 0.42 * title_lines[1] : 0)) / height_cm
if (is_narrow) {
    set multiplot layout n_stage_panels,1 margins left,0.97,3.6 / height_cm,top \
        spacing 1.5 / height_cm
} else {
    set multiplot layout 1,n_stage_panels margins left,1 - 4.8 / width_cm,0.9 / height_cm,top \
        spacing 1.7 / width_cm
}
set style data histograms
set style histogram rowstacked
set boxwidth 0.62
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
    if (panel == n_stage_panels) {
        if (is_narrow) {
            set key at screen 0.5,screen 0.55 / height_cm center bottom vertical maxrows 5 \
                reverse Left invert samplen 2 spacing 1.2 width -3 noenhanced font small_font
        } else {
            set key at screen 0.995,screen top right top vertical reverse Left invert \
                samplen 2 spacing 1.5 noenhanced font small_font
        }
    }
    plot for [stage = 1:9] 'stages.dat' index panel - 1 using stage + 1:xtic(1) \
             fillstyle pattern fill[stage] border linecolor rgb '#404040' \
             linecolor rgb colour[stage] linewidth 0.7 dashtype solid title columnheader(stage + 1)
    if (!is_narrow) { unset ylabel }
    unset label 2
    unset label 3
}
unset multiplot

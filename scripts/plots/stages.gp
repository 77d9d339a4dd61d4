# Where the mean latency of a request goes, a bar for each line of the study; at the least and
# at the greatest number of guests.
figure = 'stages'
width_cm = 17
height_cm = 8.5
load 'common.gp'
array colour[9] = ['#252525', '#bdbdbd', '#d55e00', '#fdd0a2', '#0072b2', '#9ecae1', \
                   '#636363', '#66c2a5', '#000000']
set multiplot layout 1,n_stage_panels margins 0.10,0.83,0.10,0.91 spacing 0.09
set style data histograms
set style histogram rowstacked
set style fill solid 1 noborder
set boxwidth 0.62
set xtics scale 0 noenhanced font small_font
set ylabel 'mean latency of a request (µs)'
unset key
if (held_title ne '') set label 2 held_title at screen 0.10,screen 0.988 noenhanced font small_font
do for [panel = 1:n_stage_panels] {
    set label 1 stage_panels[panel] at graph 0.02,graph 1.05 \
        noenhanced
    if (panel == n_stage_panels) {
        set key at screen 0.995,screen 0.92 right top vertical reverse Left invert \
            samplen 1 spacing 1.25 noenhanced
    }
    plot for [stage = 1:9] 'stages.dat' index panel - 1 using stage + 1:xtic(1) \
             linecolor rgb colour[stage] title columnheader(stage + 1)
    unset ylabel
    unset label 2
}
unset multiplot

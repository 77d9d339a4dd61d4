# Completed transfers per second over the number of guests.
figure = 'throughput'
load 'common.gp'
data_file = 'throughput.dat'
y_title = throughput_title
load 'over_axis.gp'

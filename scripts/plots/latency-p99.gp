# 99th percentile of a request's latency over the number of guests.
figure = 'latency-p99'
load 'common.gp'
data_file = 'latency-p99.dat'
y_title = 'request latency, 99th percentile (µs)'
load 'over_axis.gp'

# CPU time of dom0 over the number of guests.
figure = 'dom0-cpu'
load 'common.gp'
data_file = 'dom0-cpu.dat'
y_title = 'CPU of dom0 (% of one pCPU)'
load 'over_axis.gp'

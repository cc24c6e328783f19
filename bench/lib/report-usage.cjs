// Loaded with --require into every process of a measured run: at its end each appends what it used.
const { appendFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');

const delays = monitorEventLoopDelay({ resolution: 5 });
delays.enable();

let reported = false;
function report() {
  if (reported) return;
  reported = true;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const line = {
    role: (process.argv[1] ?? '').replace(/^.*[\\/]/, ''),
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakRssMb: maxRSS / 1024,
    eventLoopP99Ms: delays.percentile(99) / 1e6,
  };
  appendFileSync(process.env.MAUZO_BENCH_USAGE, `${JSON.stringify(line)}\n`);
}

process.on('exit', report);
// A parser is ended by its starter as soon as it has answered: its answer is its end.
if (process.send) {
  const send = process.send.bind(process);
  process.send = (message, ...rest) => {
    if (message?.kind === 'done' || message?.kind === 'failed') report();
    return send(message, ...rest);
  };
}

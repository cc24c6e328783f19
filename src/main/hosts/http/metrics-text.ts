import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;

export interface HostMetrics {
  /** Prometheus text format 0.0.4 of this process and its windows. */
  render(windows: number): string;
  close(): void;
}

/** What the host itself can tell: whether its event loop stays free, its processor time and its windows. */
export function createHostMetrics(): HostMetrics {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  // The histogram holds the time between two looks: what is over the interval is the delay.
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3);
  return {
    render(windows) {
      const cpu = process.cpuUsage();
      const lines = [
        '# HELP mauzo_event_loop_delay_seconds Delay of the event loop since the last scrape.',
        '# TYPE mauzo_event_loop_delay_seconds gauge',
        `mauzo_event_loop_delay_seconds{quantile="0.5"} ${seconds(delay.percentile(50))}`,
        `mauzo_event_loop_delay_seconds{quantile="0.99"} ${seconds(delay.percentile(99))}`,
        `mauzo_event_loop_delay_seconds{quantile="1"} ${seconds(delay.max)}`,
        '# HELP process_cpu_seconds_total Processor time of this process.',
        '# TYPE process_cpu_seconds_total counter',
        `process_cpu_seconds_total ${(cpu.user + cpu.system) / 1e6}`,
        '# HELP mauzo_windows Open windows.',
        '# TYPE mauzo_windows gauge',
        `mauzo_windows ${windows}`,
      ];
      delay.reset();
      return `${lines.join('\n')}\n`;
    },
    close: () => delay.disable(),
  };
}

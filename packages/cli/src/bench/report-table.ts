import type { Report } from '#bench/run-benchmark.ts';

const ms = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));

/** A report as one table for people. */
export function reportTable(report: Report): string {
  const { rate, unit } = report;
  const rows: [string, string][] = [
    ['what', report.what],
    ['target', report.target],
    [
      `${unit}/s`,
      `${rate.median.toFixed(0)}   (${rate.min.toFixed(0)} … ${rate.max.toFixed(0)}, ${report.runs.length} runs)`,
    ],
  ];
  if (report.p50 !== undefined) {
    rows.push([
      'latency ms',
      `p50 ${ms(report.p50)}   p95 ${ms(report.p95 ?? 0)}   p99 ${ms(report.p99 ?? 0)}`,
    ]);
  }
  for (const [name, value] of Object.entries(report.extra)) rows.push([name, String(value)]);
  const cpu = Object.entries(report.cpuMsPerUnit).sort(([, a], [, b]) => b - a);
  const total = cpu.reduce((sum, [, value]) => sum + value, 0);
  rows.push([`CPU ms/${unit}`, `${total.toFixed(3)} in all`]);
  for (const [name, value] of cpu.filter(([, spent]) => spent >= total / 200))
    rows.push([`  ${name}`, value.toFixed(3)]);
  rows.push(['check', report.check]);
  rows.push([
    'machine',
    Object.entries(report.machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  ]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [`${report.name}`, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)].join('\n');
}

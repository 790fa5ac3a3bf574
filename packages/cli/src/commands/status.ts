import { defineCommand } from 'citty';
import { residentBytes } from '@tradewind/native/process-table.ts';
import { type CaptureRow, describeCapture } from '#cdc/show.ts';
import { places } from '#places.ts';
import { consumerLag } from '#status/consumer-lag.ts';
import { statusTable, type StatusRow } from '#status/status-table.ts';
import { liveProcess, readState, supervisorAlive } from '#supervisor/state.ts';

/** Undefined where Connect or PostgreSQL does not answer: that is what the table says already. */
async function captured(home: string): Promise<CaptureRow[] | undefined> {
  const { captureRows, withCapture } = await import('#cdc/read.ts');
  return withCapture(home, captureRows).catch(() => undefined);
}

export default defineCommand({
  meta: { name: 'status', description: 'Each process: up, ready, pid, memory, port, consumer lag' },
  args: { json: { type: 'boolean', default: false, description: 'as a JSON array; memory in bytes' } },
  async run({ args }) {
    const { home } = places();
    const state = await readState(home);
    const processes = state?.processes ?? [];
    const kafka = processes.find((it) => it.name === 'kafka');
    const services = processes.filter((it) => it.kind === 'service');
    const running = new Map(services.map((it) => [it.name, liveProcess(it) !== undefined]));
    const lag = kafka?.ready === true ? await consumerLag(`127.0.0.1:${kafka.port}`, running) : undefined;
    const rows = processes.map((it): StatusRow => {
      const live = liveProcess(it);
      return {
        name: it.name,
        up: live !== undefined,
        ready: live !== undefined && it.ready,
        pid: live?.pid ?? null,
        memory: live === undefined ? null : residentBytes(live.pid),
        port: it.port,
        lag: it.kind === 'service' ? (lag?.get(it.name) ?? (lag === undefined ? null : 0)) : null,
        restarts: it.restarts,
        held: it.held,
      };
    });
    const capture = processes.some((it) => it.name === 'connect' && it.ready)
      ? await captured(home)
      : undefined;
    const shown = rows.map((row) => (row.name === 'connect' && capture ? { ...row, capture } : row));
    if (args.json) console.log(JSON.stringify(shown, null, 2));
    else console.log(rows.length === 0 ? `no stack is running in ${home}\n  → ./tw up` : statusTable(rows));
    if (!args.json && capture !== undefined) console.log(`\n${describeCapture(capture)}`);
    if (!args.json && state !== undefined && !supervisorAlive(state)) {
      console.log('\nthe supervisor is gone: nothing is restarted until ./tw up takes over');
    }
    if (rows.length === 0) process.exitCode = 1;
  },
});

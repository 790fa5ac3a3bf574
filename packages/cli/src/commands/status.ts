import { defineCommand } from 'citty';
import { residentBytes } from '@tradewind/native/process-table.ts';
import { places } from '#places.ts';
import { consumerLag } from '#status/consumer-lag.ts';
import { statusTable, type StatusRow } from '#status/status-table.ts';
import { liveProcess, readState, supervisorAlive } from '#supervisor/state.ts';

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
    if (args.json) console.log(JSON.stringify(rows, null, 2));
    else console.log(rows.length === 0 ? `no stack is running in ${home}\n  → ./tw up` : statusTable(rows));
    if (!args.json && state !== undefined && !supervisorAlive(state)) {
      console.log('\nthe supervisor is gone: nothing is restarted until ./tw up takes over');
    }
    if (rows.length === 0) process.exitCode = 1;
  },
});

import { defineCommand } from 'citty';
import { SetupError } from '@tradewind/native/run.ts';
import { UsageError } from '#arguments.ts';
import { places } from '#places.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { textTable } from '#text-table.ts';
import { readEndpoints } from '#up/endpoints.ts';

export default defineCommand({
  meta: {
    name: 'trace',
    description: 'The lineage of an order or event; with --audit, events whose effects are missing',
  },
  args: {
    id: { type: 'positional', required: false, description: 'of an order or an event' },
    audit: { type: 'boolean', default: false, description: 'exit 1 where an effect is missing' },
    since: { type: 'string', default: '1h', description: 'of --audit: 90s, 15m, 1h, 2d' },
    grace: { type: 'string', default: '10s', description: 'of --audit: younger events may be on their way' },
    json: { type: 'boolean', default: false, description: 'one JSON document' },
  },
  async run({ args }) {
    if ((args.id === undefined) === !args.audit) throw new UsageError('trace takes an id, or --audit');
    const [since, grace] = [millisecondsOf(args.since), millisecondsOf(args.grace)];
    const { home } = places();
    const endpoints = await readEndpoints(home);
    if (endpoints === undefined) throw new SetupError('no stack is running', './tw up');
    const { openStack } = await import('#reconcile/running-stack.ts');
    const stack = openStack(endpoints);
    try {
      if (args.id === undefined) await audit(stack, Date.now() - since, grace, args.json);
      else await show(stack, home, args.id, args.json);
    } finally {
      await stack.close();
    }
  },
});

async function show(stack: RunningStack, home: string, id: string, json: boolean): Promise<void> {
  const [{ trace }, { describeLineage }] = await Promise.all([
    import('#trace/trace.ts'),
    import('#trace/print.ts'),
  ]);
  const lineage = await trace(stack, home, id);
  if (lineage === undefined) throw new Error(`no order and no event has the id ${id}`);
  console.log(json ? JSON.stringify(lineage, null, 2) : describeLineage(lineage));
}

async function audit(stack: RunningStack, since: number, graceMs: number, json: boolean): Promise<void> {
  const { missingEffects } = await import('#trace/missing.ts');
  const missing = await missingEffects(stack, { since, graceMs });
  if (json) console.log(JSON.stringify({ since: new Date(since).toISOString(), missing }, null, 2));
  else if (missing.length === 0) console.log(`no effect is missing since ${new Date(since).toISOString()}`);
  else {
    const rows = missing.map(({ eventId, eventType, at, by, what }) => [
      new Date(at).toISOString(),
      eventId,
      eventType,
      by,
      what,
    ]);
    console.log(textTable(['AT', 'EVENT', 'TYPE', 'EXPECTED OF', 'IT'], rows));
  }
  if (missing.length > 0) process.exitCode = 1;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @throws UsageError */
function millisecondsOf(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined)
    throw new UsageError(`${text} is no length of time: 90s, 15m, 1h or 2d`);
  return Number(count) * (UNITS[unit] ?? 0);
}

import { defineCommand } from 'citty';
import { SetupError } from '@tradewind/native/run.ts';
import { UsageError } from '#arguments.ts';
import type { ProjectionSource } from '#declared.ts';
import { places } from '#places.ts';
import type { StartOfReading } from '#replay/start-of-reading.ts';
import { type Endpoints, readEndpoints } from '#up/endpoints.ts';

const flag = (description: string) => ({ type: 'boolean', default: false, description }) as const;
const text = (description: string) => ({ type: 'string', description }) as const;
export default defineCommand({
  meta: {
    name: 'replay',
    description: 'Rebuilds projections from their topics, beside the live ones; exit 1 on a mismatch',
  },
  args: {
    projection: {
      type: 'positional',
      required: false,
      valueHint: 'PROJECTION…',
      description: 'orders_by_customer, …; several at once',
    },
    all: flag('every projection'),
    verify: { type: 'boolean', default: true, description: 'switch only where it equals its source' },
    hold: flag('build and compare; the next replay goes on with it and switches'),
    from: text('2026-01-31T12:00:00Z, epoch ms, or topic:partition=offset,…'),
    until: text('2026-01-31T12:00:00Z or epoch ms: leave out what occurred later; never goes live'),
    rate: text('most events a second; as live traffic lets it where left out'),
    'full-speed': flag('without regard to live traffic'),
    parallel: { type: 'string', default: '2', description: 'how many at once' },
    store: text('where it is to stand: postgres, cassandra, opensearch, redis, redis+cassandra'),
    rollback: flag('back to the version that was live before, once it has what it missed'),
    'drop-old': flag('remove the versions that are kept beside the live one'),
    'dry-run': flag('only say what would be read'),
    certificate: text('file for the parity certificate, in place of <home>/certificates/…'),
    'check-certificate': text('read what a certificate says again, and compare'),
  },
  async run({ args }) {
    const { home } = places();
    const file = args['check-certificate'];
    if (file !== undefined) return checkCertificate(home, file, args._);
    const projections = await wanted(args._, args.all);
    const [{ argumentsFor }, { parseFrom }] = await Promise.all([
      import('#replay/arguments-for.ts'),
      import('#replay/start-of-reading.ts'),
    ]);
    const passed = argumentsFor(args);
    const parallel = Number(args.parallel);
    if (!Number.isSafeInteger(parallel) || parallel < 1)
      throw new UsageError(`--parallel ${args.parallel}: a whole number from 1 is needed`);
    if (args.certificate !== undefined && projections.length > 1)
      throw new UsageError('--certificate names the file of one projection');
    const endpoints = await requireStack(home);
    if (args['dry-run']) return dryRuns(endpoints, projections, parseFrom(args.from), args.rollback);
    const { replayAll } = await import('#replay/replay-all.ts');
    process.exitCode = await replayAll({
      ...{ home, projections, args: passed, modest: !args['full-speed'], atOnce: parallel },
      certificate: args.certificate,
    });
  },
});

/** Read models without versions of their own. */
const rebuiltOtherwise: Readonly<Record<string, string>> = {
  daily_revenue: 'is a view of revenue_windows: replay that',
  flash_sale_price_map:
    'fills itself: pricing writes it anew from its tables when Redis has lost it (./tw reconcile compares, P2)',
  star_schema: 'is built from the topics when its file is missing: docs/runbooks/analytics.md',
};

async function requireStack(home: string): Promise<Endpoints> {
  const endpoints = await readEndpoints(home);
  if (endpoints === undefined) throw new SetupError('no stack is running', './tw up');
  return endpoints;
}

/** @throws UsageError for a projection that there is not, before anything is begun */
async function wanted(names: readonly string[], all: boolean): Promise<ProjectionSource[]> {
  const { declaredProjections } = await import('#declared.ts');
  const known = await declaredProjections();
  if (all === names.length > 0) throw new UsageError('name projections, or say --all');
  if (all) return known;
  return [...new Set(names.map((name) => name.replaceAll('-', '_')))].map((wished) => {
    const found = known.find(({ name }) => name === wished);
    if (found !== undefined) return found;
    const hint = rebuiltOtherwise[wished];
    if (hint !== undefined) throw new UsageError(`${wished} ${hint}`);
    const list = known.map(({ name }) => name).sort();
    throw new UsageError(`no projection ${wished}; there are ${list.join(', ')}`);
  });
}

async function dryRuns(
  endpoints: Endpoints,
  projections: readonly ProjectionSource[],
  from: StartOfReading,
  rollback: boolean,
): Promise<void> {
  const [{ openStack }, { dryRun }, { describeRollback }] = await Promise.all([
    import('#reconcile/running-stack.ts'),
    import('#replay/dry-run.ts'),
    import('#replay/versions.ts'),
  ]);
  const stack = openStack(endpoints);
  try {
    for (const one of projections)
      console.log(await (rollback ? describeRollback(stack, one) : dryRun(stack, one, from)));
  } finally {
    await stack.close();
  }
}

async function checkCertificate(home: string, file: string, names: readonly string[]): Promise<void> {
  if (names.length > 0) throw new UsageError('a certificate says by itself of which projection it is');
  const [{ readCertificate }, { runReplay }, { resolve }] = await Promise.all([
    import('#replay/certificates.ts'),
    import('#replay/run.ts'),
    import('node:path'),
  ]);
  const { service, projection } = await readCertificate(file);
  await requireStack(home);
  const { checkLine } = await import('#replay/check-line.ts');
  process.exitCode = await runReplay(home, {
    ...{ service, modest: true, args: [projection, '--check-certificate', resolve(file)] },
    onLine: checkLine,
  });
}

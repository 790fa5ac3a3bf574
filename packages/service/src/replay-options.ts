import { parseArgs } from 'node:util';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Speed } from '@tradewind/outbox/pace.ts';
import { isSummed, type Projection } from '@tradewind/outbox/projection.ts';
import type { StoreKind } from '@tradewind/outbox/projection-store.ts';
import type { From } from '@tradewind/outbox/replay-ranges.ts';
import { z } from 'zod';

const KINDS = [
  'postgres',
  'cassandra',
  'opensearch',
  'redis',
  'redis+cassandra',
] as const satisfies StoreKind[];

/** As it is stored with a replay and told to whoever asks. */
export const replayOptions = z
  .strictObject({
    /** Switch only where the new version equals its source. */
    verify: z.boolean().default(true),
    /** Build and compare, but leave the switch to another call. */
    hold: z.boolean().default(false),
    /** RFC 3339: read what was published from then on. */
    from: z.iso.datetime({ offset: true }).optional(),
    /** By `topic:partition`: read from there on; partitions that are not named are read from their start. */
    fromOffsets: z.record(z.string().regex(/^[\w.-]+:\d{1,5}$/), z.string().regex(/^\d{1,18}$/)).optional(),
    /** RFC 3339: leave out what occurred later. Such a version never goes live. */
    until: z.iso.datetime({ offset: true }).optional(),
    /** Most events a second. Left out: as live traffic lets it. */
    rate: z.number().int().min(1).max(1_000_000).optional(),
    /** Without regard to live traffic. */
    fullSpeed: z.boolean().default(false),
    store: z.enum(KINDS).optional(),
  })
  .meta({ example: { verify: true, hold: false, fullSpeed: false } });

export type ReplayOptions = z.infer<typeof replayOptions>;

const refuse = (message: string): never => {
  throw new DomainError('REPLAY_OPTIONS_INVALID', 'invalid', message);
};

/**
 * What the options mean together.
 * @throws DomainError REPLAY_OPTIONS_INVALID
 */
export function checkOptions(options: ReplayOptions, now = Date.now()): ReplayOptions {
  const { from, fromOffsets, until, rate, fullSpeed } = options;
  if (from !== undefined && fromOffsets !== undefined) refuse('give a time or offsets to begin at, not both');
  if (rate !== undefined && fullSpeed) refuse('give a rate or full speed, not both');
  if (from !== undefined && Date.parse(from) > now)
    refuse(`${from} lies in the future: there is nothing to read`);
  if (until !== undefined && Date.parse(until) > now) refuse(`${until} lies in the future: leave it out`);
  if (from !== undefined && until !== undefined && Date.parse(until) <= Date.parse(from))
    refuse(`${until} is not after ${from}`);
  return options;
}

/** Why a projection can't be replayed like that. */
export function refusalOf(
  projection: Projection,
  { from, fromOffsets, store }: ReplayOptions,
): string | undefined {
  const { name, parity, store: layout } = projection;
  if ((from ?? fromOffsets) !== undefined && isSummed(projection))
    return `${name} holds sums, and these need every event: leave the start of reading out`;
  if ((from ?? fromOffsets) !== undefined && !parity)
    return `${name} has no source to compare with: a part of its events would go live unchecked`;
  if (store !== undefined && store !== 'postgres' && store !== layout?.kind)
    return `${name} can't stand in ${store}: it has no layout for it`;
  return undefined;
}

export const speedOf = ({ rate, fullSpeed }: ReplayOptions): Speed =>
  fullSpeed
    ? { kind: 'full' }
    : rate === undefined
      ? { kind: 'adaptive' }
      : { kind: 'rate', perSecond: rate };

export function fromOf({ from, fromOffsets }: ReplayOptions): From | undefined {
  if (from !== undefined) return Date.parse(from);
  if (fromOffsets === undefined) return undefined;
  return new Map(
    Object.entries(fromOffsets).map(([place, offset]) => [place.replace(/:(\d+)$/, ' $1'), BigInt(offset)]),
  );
}

/** What the command line of a service's `replay.ts` asks for. */
export type Wish =
  | { readonly verb: 'check' }
  | { readonly verb: 'rows'; readonly projection: string }
  | { readonly verb: 'run'; readonly id: string }
  | { readonly verb: 'drop-old'; readonly projection: string }
  | { readonly verb: 'check-certificate'; readonly projection: string; readonly file: string }
  | {
      readonly verb: 'replay' | 'rollback';
      readonly projection: string;
      readonly options: ReplayOptions;
      readonly certificate: string | undefined;
    };

const flag = { type: 'boolean' } as const;
const text = { type: 'string' } as const;
const flags = {
  ...{ check: flag, rows: flag, run: text, verify: flag, hold: flag, store: text },
  ...{ from: text, until: text, rate: text, 'full-speed': flag },
  ...{ rollback: flag, 'drop-old': flag, certificate: text, 'check-certificate': text },
};

/** @throws Error for what is no such command line */
export function parseWish(args: readonly string[]): Wish {
  const { values, positionals } = parseArgs({ args: [...args], options: flags, allowPositionals: true });
  if (values.check) return { verb: 'check' };
  if (values.run !== undefined) return { verb: 'run', id: values.run };
  const [projection, more] = positionals;
  if (projection === undefined || more !== undefined) return refuse('name one projection');
  if (values.rows) return { verb: 'rows', projection };
  if (values['drop-old']) return { verb: 'drop-old', projection };
  const file = values['check-certificate'];
  if (file !== undefined) return { verb: 'check-certificate', projection, file };
  const begin = startOf(values.from);
  const options = replayOptions.parse({
    ...begin,
    // A part of the events rarely makes a whole view.
    verify: values.verify === true || values.from !== undefined,
    hold: values.hold === true,
    until: timeOf(values.until),
    rate: values.rate === undefined ? undefined : Number(values.rate),
    fullSpeed: values['full-speed'] === true,
    store: values.store,
  });
  return {
    verb: values.rollback ? 'rollback' : 'replay',
    ...{ projection, options: checkOptions(options), certificate: values.certificate },
  };
}

const timeOf = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? new Date(Number(text)).toISOString() : text;

/** A time, or an offset for each partition that is not read from its start. */
function startOf(text: string | undefined): Pick<ReplayOptions, 'from' | 'fromOffsets'> {
  if (text === undefined || !text.includes('=')) return { from: timeOf(text) };
  return {
    fromOffsets: Object.fromEntries(
      text.split(',').map((part) => {
        const [, place, offset] = /^([\w.-]+:\d{1,5})=(\d{1,18})$/.exec(part) ?? [];
        return place === undefined || offset === undefined
          ? refuse(`${part}: offsets look like ecommerce.order.order:3=1200`)
          : [place, offset];
      }),
    ),
  };
}

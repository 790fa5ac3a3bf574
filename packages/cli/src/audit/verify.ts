import { brokenLinks, GENESIS, type StoredEntry } from '@tradewind/contracts/audit-chain.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';

export interface Chain {
  readonly storeId: string;
  readonly entries: number;
  /** Hash of the last entry: who writes it down elsewhere can tell later that the whole log was replaced. */
  readonly head: string;
  readonly broken: readonly { readonly seq: number; readonly what: string }[];
}

/** An entry beside the end of its tenant's log; either may be missing where somebody has been at work. */
export type Row = { readonly [K in keyof StoredEntry]: StoredEntry[K] | null } & {
  readonly tenant: string;
  readonly headSeq: bigint | null;
  readonly headHash: Buffer | null;
};

// One statement: entries that are added meanwhile are in neither or in both.
const rows = `
  select coalesce(e.store_id, h.store_id) as tenant, h.seq as "headSeq", h.hash as "headHash",
    e.store_id as "storeId", e.seq, e.at, e.actor, e.action, e.resource, e.details, e.event_id as "eventId",
    e.previous_hash as "previousHash", e.hash
  from audit_log e full join audit_heads h on h.store_id = e.store_id
  order by tenant, e.seq`;

export const verifyChains = async (stack: RunningStack): Promise<Chain[]> =>
  chainsOf(await stack.query<Row>('identity', rows));

/** Pure. @param stored by tenant and seq */
export function chainsOf(stored: readonly Row[]): Chain[] {
  return [...Map.groupBy(stored, ({ tenant }) => tenant)].map(([storeId, own]) => {
    const entries = own.filter((row): row is Row & StoredEntry => row.seq !== null);
    const [{ headSeq, headHash } = { headSeq: null, headHash: null }] = own;
    const head = headSeq === null || headHash === null ? undefined : { seq: headSeq, hash: headHash };
    const broken = brokenLinks(entries, head).map(({ seq, what }) => ({ seq: Number(seq), what }));
    return { storeId, entries: entries.length, head: (headHash ?? GENESIS).toString('hex'), broken };
  });
}

const SHOWN = 20;

export function describeChain({ storeId, entries, head, broken }: Chain): string {
  const state = broken.length === 0 ? 'ok' : `BROKEN (${broken.length})`;
  const lines = broken.slice(0, SHOWN).map(({ seq, what }) => `       entry ${seq}  ${what}`);
  const more = broken.length > SHOWN ? [`       and ${broken.length - SHOWN} more`] : [];
  return [`${storeId}  ${state}  ${entries} entries  ends with ${head.slice(0, 16)}`, ...lines, ...more].join(
    '\n',
  );
}

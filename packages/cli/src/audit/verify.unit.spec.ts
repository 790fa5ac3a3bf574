import { describe, expect, it } from 'vitest';
import { GENESIS, hashOf } from '@tradewind/contracts/audit-chain.ts';
import { chainsOf, describeChain, type Row } from './verify.ts';

function row(tenant: string, change: Partial<Row> = {}): Row {
  const entry = {
    ...{ storeId: tenant, seq: 1n, at: new Date(1_000), actor: 'ADMIN-1', action: 'role.created' },
    ...{ resource: 'role:X', details: {}, eventId: null },
  };
  const hash = hashOf(GENESIS, entry);
  return { tenant, ...entry, previousHash: GENESIS, hash, headSeq: 1n, headHash: hash, ...change };
}
const nothing = {
  ...{ storeId: null, seq: null, at: null, actor: null, action: null, resource: null },
  ...{ details: null, eventId: null, previousHash: null, hash: null },
};

describe('audit verify', () => {
  it('looks at each tenant by itself', () => {
    const chains = chainsOf([row('STORE-1'), row('STORE-2', { actor: 'EVE' })]);
    expect(chains).toMatchObject([
      { storeId: 'STORE-1', entries: 1, broken: [] },
      { storeId: 'STORE-2', entries: 1, broken: [{ seq: 1, what: 'was changed' }] },
    ]);
    expect(describeChain(chains[1] as (typeof chains)[0])).toMatch(
      /^STORE-2 {2}BROKEN \(1\)[^]*entry 1 {2}was changed$/,
    );
  });

  it('misses a log whose end is still known, and an end whose log is there', () => {
    expect(chainsOf([row('STORE-1', nothing)])).toMatchObject([{ entries: 0, broken: [{ seq: 1 }] }]);
    expect(chainsOf([row('STORE-1', { headSeq: null, headHash: null })])).toMatchObject([
      { broken: [{ seq: 1, what: 'was inserted behind the end (0)' }] },
    ]);
  });

  it('knows a tenant that has no entry yet', () => {
    const [chain] = chainsOf([row('STORE-1', { ...nothing, headSeq: 0n, headHash: GENESIS })]);
    expect(chain).toMatchObject({ entries: 0, broken: [] });
  });
});

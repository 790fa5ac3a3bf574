import { expect } from 'vitest';
import type { Broker } from '@tradewind/messaging/broker.ts';
import { createInMemoryBroker } from '@tradewind/messaging/in-memory-broker.ts';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { decode, levels, levelTables } from './projection.fixture.ts';
import { runProjection } from './projection-runner.ts';
import { rebuild, type RebuildOptions, type RebuildReport } from './rebuild.ts';
import { createRelay } from './relay.ts';
import type { ReplayUses } from './replay-session.ts';
import {
  adjust,
  context,
  quiet,
  stockDatabase,
  type StockDatabase,
  stockStore,
  TOPIC,
} from './stock.fixture.ts';

/** What readers see after `history()`. */
export const one = { store_id: 'STORE-1', product_id: 'P1', on_hand: 3, total: 3 };
export const two = { store_id: 'STORE-2', product_id: 'P1', on_hand: 1, total: 1 };

/** A service with stock levels that are projected while they are replayed. */
export interface ReplayScene {
  readonly database: StockDatabase;
  readonly broker: Broker & BrokerLog;
  change(key: string, delta?: number, storeId?: string): Promise<unknown>;
  /** Four changes of P1 in two stores, which readers see: `one` and `two`. */
  history(): Promise<void>;
  /** What readers see. */
  view(): Promise<object[]>;
  states(): Promise<object[]>;
  uses(): ReplayUses;
  replay(options?: Partial<RebuildOptions>): Promise<RebuildReport>;
  close(): Promise<void>;
}

export async function replayScene(): Promise<ReplayScene> {
  const database = await stockDatabase();
  await database.sql(levelTables);
  const broker = createInMemoryBroker({ topics: [TOPIC, 'dlq.stock_levels'] });
  const { db, systemDb, systemUrl } = database;
  const relay = createRelay({ systemUrl, service: 'inventory', publisher: broker.publisher(), log: quiet });
  const runner = runProjection({
    ...{ projection: levels, service: 'inventory', broker, db, systemDb, decode, log: quiet },
    onCrash: () => undefined,
  });
  relay.start();
  await runner.start();
  const uses = (): ReplayUses => ({
    ...{ service: 'inventory', projection: levels, brokerLog: broker, decode, db, systemUrl, systemDb },
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  const change: ReplayScene['change'] = (key, delta = 1, storeId = 'STORE-1') =>
    stockStore(db, () => relay.wake()).handle(key, adjust(key, delta), { context: context(storeId) });
  const view = (): Promise<object[]> =>
    systemDb.transaction('', (tx) =>
      tx.query('select store_id, product_id, on_hand, total from stock_levels order by 1, 2'),
    );
  return {
    ...{ database, broker, uses, change, view },
    async history() {
      for (let round = 0; round < 3; round++) await change('P1');
      await change('P1', 1, 'STORE-2');
      await eventually(async () => expect(await view()).toEqual([one, two]));
    },
    states: () => database.sql('select version, state from projections order by version'),
    replay: (options = {}) => rebuild({ ...uses(), verify: true, ...options }),
    async close() {
      await runner.stop();
      await relay.stop();
      await broker.close();
      await database.close();
    },
  };
}

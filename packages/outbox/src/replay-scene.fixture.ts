import type { Broker } from '@tradewind/messaging/broker.ts';
import { createInMemoryBroker } from '@tradewind/messaging/in-memory-broker.ts';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
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

/** A service with stock levels that are projected while they are replayed. */
export interface ReplayScene {
  readonly database: StockDatabase;
  readonly broker: Broker & BrokerLog;
  change(key: string, delta?: number, storeId?: string): Promise<unknown>;
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
  return {
    ...{ database, broker, uses },
    change: (key, delta = 1, storeId = 'STORE-1') =>
      stockStore(db, () => relay.wake()).handle(key, adjust(key, delta), { context: context(storeId) }),
    view: () =>
      systemDb.transaction('', (tx) =>
        tx.query('select store_id, product_id, on_hand, total from stock_levels order by 1, 2'),
      ),
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

import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@tradewind/kernel/ids.ts';
import { requestToken } from '#token.ts';
import { buyOnce } from './buyer.ts';
import type { Broken } from './checks.ts';
import { makeGoods, type Goods } from './goods.ts';
import { persistentClient, type Tally } from './persistent-client.ts';
import { seededRandom } from './random.ts';
import type { Acknowledged } from './records.ts';
import type { Scene } from './scene.ts';

/** After the load clients still wait for the answers that they are owed. */
const PATIENCE_MS = 30_000;
const KNOWN_MS = 30_000;

/** Where the buyers buy. */
export const STORE = 'STORE-1';

export interface Load {
  readonly goods: readonly Goods[];
  readonly acknowledged: Acknowledged[];
  readonly surprises: Broken[];
  readonly tally: Tally;
  /** How many orders, payments, cancellations clients were told of until now. */
  count(kind: Acknowledged['kind']): number;
  /** Buyers in a closed loop until `end()` answers true, and then until each has its last answers. */
  run(end: () => boolean): Promise<void>;
}

export interface LoadOptions {
  readonly seed: number;
  readonly clients: number;
  readonly scarcePieces: number;
  /** Addresses of the order service; a client that gets no answer turns to the next one. */
  readonly orderUrls: readonly string[];
  /** Rest of each buyer between orders; none unless given. */
  readonly restMs?: number;
  /** How long a buyer has waited for an answer, in ms. */
  onAnswer?(ms: number): void;
}

/** As its tokens call it. */
export const buyerName = (seed: number, client: number): string => `chaos-${seed}-${client}`;

export async function prepareLoad(scene: Scene, options: LoadOptions): Promise<Load> {
  const { seed, clients, orderUrls, restMs = 0 } = options;
  const token = (sub: string, roles: string[]): Promise<string> =>
    requestToken(scene.endpoints.services['identity']!, scene.endpoints.serviceKey, {
      sub,
      roles,
      storeId: STORE,
      ttlSeconds: 7_200,
    });
  const adminToken = await token('chaos-admin', ['ADMIN', 'MERCHANT']);
  const tokens = await Promise.all(
    Array.from({ length: clients }, (_, client) => token(buyerName(seed, client), ['CUSTOMER'])),
  );
  const goods = await makeGoods(scene, {
    token: adminToken,
    storeId: STORE,
    scarcePieces: options.scarcePieces,
  });
  await untilPriced(orderUrls, goods, adminToken);

  const acknowledged: Acknowledged[] = [];
  const surprises: Broken[] = [];
  const tally: Tally = new Map();
  let giveUpAt = Number.POSITIVE_INFINITY;

  return {
    goods,
    acknowledged,
    surprises,
    tally,
    count: (kind) => acknowledged.filter((one) => one.kind === kind).length,
    async run(end) {
      giveUpAt = Number.POSITIVE_INFINITY;
      await Promise.all(
        tokens.map(async (own, client) => {
          const buyer = {
            client,
            http: persistentClient(orderUrls, tally, () => giveUpAt, client, options.onAnswer),
            token: own,
            adminToken,
            random: seededRandom(seed * 1_000 + client),
            acknowledged(entry: Acknowledged) {
              acknowledged.push(entry);
              scene.records.acknowledge(entry);
            },
            surprised: (subject: string, what: string) =>
              void surprises.push({ rule: 'unexpected answer', subject, what }),
          };
          while (!end()) {
            await buyOnce(buyer, goods);
            if (restMs > 0) await pause(restMs);
          }
          if (giveUpAt === Number.POSITIVE_INFINITY) giveUpAt = performance.now() + PATIENCE_MS;
        }),
      );
    },
  };
}

/** New prices reach the order service by events: an order of everything is accepted, and taken back, at each address. */
export async function untilPriced(
  urls: readonly string[],
  goods: readonly Goods[],
  token: string,
): Promise<void> {
  const deadline = performance.now() + KNOWN_MS;
  const items = goods.map(({ productId }) => ({ productId, qty: 1 }));
  for (const url of urls) {
    for (;;) {
      const http = persistentClient([url], new Map(), () => deadline, 0);
      const made = await http.post('/api/v1/orders', newId(), { items }, token);
      if (made?.status === 201) {
        await http.post(`/api/v1/orders/${String(made.body['orderId'])}/cancel`, newId(), {}, token);
        break;
      }
      if (made?.status !== 422 || performance.now() > deadline)
        throw new Error(`the first order was not taken: ${JSON.stringify(made)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

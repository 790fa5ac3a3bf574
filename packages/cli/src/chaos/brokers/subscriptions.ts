import { setTimeout as pause } from 'node:timers/promises';
import { type Api, apiAs } from '#api.ts';
import type { Broken } from '#chaos/checks.ts';
import type { Scene } from '#chaos/scene.ts';
import { ENDPOINTS, type EndpointName, type Partner } from './partner.ts';

const path = '/webhooks/subscriptions';
const STORE = 'STORE-1';
const ENDED_MS = 90_000;
const POLL_MS = 250;

const counts = `
  select status, count(*)::int as count, coalesce(sum(attempts), 0)::int as attempts
  from webhook_deliveries where subscription_id = any($1) group by status`;

export interface Subscriptions {
  /** Waits until nothing is left to be sent; what did not end as it should is a violation. */
  ended(): Promise<Ended>;
  remove(): Promise<void>;
}

export interface Ended {
  readonly delivered: number;
  readonly retries: number;
  readonly violations: readonly Broken[];
}

interface Row {
  readonly status: string;
  readonly count: number;
  readonly attempts: number;
}

/** Subscribes the partner's endpoints to everything about orders. */
export async function subscribe({ stack }: Scene, partner: Partner): Promise<Subscriptions> {
  const merchant = await apiAs({ sub: 'chaos-partner', roles: ['MERCHANT'], storeId: STORE });
  const ids: string[] = [];
  for (const name of ENDPOINTS) ids.push(await subscribeOne(merchant, partner, name));
  return {
    async ended() {
      for (const end = performance.now() + ENDED_MS; ; await pause(POLL_MS)) {
        const rows = await stack.query<Row>('webhook_dispatcher', counts, [ids]);
        if (performance.now() < end && rows.some(({ status }) => status === 'PENDING')) continue;
        const delivered = rows.find(({ status }) => status === 'DELIVERED');
        const wrong = rows.filter(({ status }) => status !== 'DELIVERED');
        return {
          delivered: delivered?.count ?? 0,
          retries: (delivered?.attempts ?? 0) - (delivered?.count ?? 0),
          violations: wrong.map(({ status, count }) => ({
            ...{ rule: 'webhook end', subject: 'deliveries', what: `${count} are ${status}` },
          })),
        };
      }
    },
    async remove() {
      for (const id of ids) await merchant.remove(`${path}/${id}`);
    },
  };
}

async function subscribeOne(merchant: Api, partner: Partner, name: EndpointName): Promise<string> {
  const terms = { url: partner.url(name), eventTypes: ['ecommerce.order.*'], description: `chaos, ${name}` };
  const { body } = await merchant.send<{ subscriptionId: string; secret: string }>('POST', path, terms);
  partner.trust(name, body.secret);
  return body.subscriptionId;
}

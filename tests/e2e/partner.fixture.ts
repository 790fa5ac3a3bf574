import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { merchant } from './stack.fixture.ts';

export interface Hook {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: {
    readonly eventId: string;
    readonly eventType: string;
    readonly aggregateVersion: number;
    readonly partitionKey: string;
    readonly payload: Readonly<Record<string, unknown>>;
  };
}

export interface Subscription {
  readonly subscriptionId: string;
  readonly secret: string;
  readonly status: string;
  readonly reason: string | null;
}

export interface DeliveryView {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly status: string;
  readonly attempts: readonly { readonly at: string; readonly status?: number; readonly error?: string }[];
  readonly nextAttemptAt?: string;
}

/** A partner's endpoint on the loopback, which answers as a test says and keeps what arrives. */
export async function openPartner() {
  const hooks: Hook[] = [];
  let answer: (hook: Hook) => number = () => 204;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const hook = { headers: request.headers, body, event: JSON.parse(body) as Hook['event'] };
      hooks.push(hook);
      response.writeHead(answer(hook)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    hooks,
    answers: (how: (hook: Hook) => number) => void (answer = how),
    /** What arrived about one resource, as short names: `order.paid`. */
    about: (key: string): string[] =>
      hooks.filter(({ event }) => event.partitionKey === key).map(({ event }) => shortName(event.eventType)),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Partner = Awaited<ReturnType<typeof openPartner>>;

export const shortName = (eventType: string): string => eventType.split('.').slice(2, 4).join('.');

export async function subscribe(
  url: string,
  eventTypes: readonly string[],
  more = {},
): Promise<Subscription> {
  const answer = await (
    await merchant()
  ).post<Subscription>('/api/v1/webhooks/subscriptions', { url, eventTypes, ...more });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

/** As a partner does it: with the official library, and with nothing but a hash. */
export function verify(hook: Hook, secret: string): void {
  const headers = hook.headers as Record<string, string>;
  assert.deepEqual(new Webhook(secret).verify(hook.body, headers), hook.event);
}

export const bodySignature = ({ body }: Hook, secret: string): string =>
  `sha256=${createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
    .update(body)
    .digest('hex')}`;

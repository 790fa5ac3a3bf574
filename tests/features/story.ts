import assert from 'node:assert/strict';
import { After, Before, type IWorld } from '@cucumber/cucumber';
import type { Answer, HttpClient } from '@tradewind/testing/http.ts';
import type { OrderSocket, Stream } from '../e2e/push-clients.fixture.ts';
import { anybody, as, type Problem, token, unique } from '../e2e/stack.fixture.ts';
import type { Partner, Subscription } from '../e2e/partner.fixture.ts';
import type { MqttClient } from 'mqtt';
import type { Wish } from './words.ts';

/** What the shop of these stories sells. */
export type Thing = 'lamp' | 'chair';

export interface Product {
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly price: string;
  readonly version: number;
}

export interface Order {
  readonly orderId: string;
  readonly status: string;
  readonly totalAmount: string;
  readonly currency: string;
}

export interface Cart {
  readonly cartId: string;
  /** Of a cart without a login. */
  readonly cartToken?: string;
  readonly items: readonly { readonly itemId: string; readonly productId: string; readonly qty: number }[];
  readonly totalAmount: string;
  readonly version: number;
}

/** One scenario's people and things; nobody else has ever heard of them. */
interface Scene {
  readonly things: Map<Thing, Product>;
  readonly people: Map<string, HttpClient>;
  /** The subject of each one's token. */
  readonly subjects: Map<string, string>;
  /** The reply to what was tried last. */
  answer: Answer | undefined;
  /** Replies to what several tried at once. */
  answers: readonly Answer[];
  /** The last order that was taken, whose it is, and its key. */
  order:
    { readonly made: Order; readonly by: string; readonly key: string; readonly body: object } | undefined;
  reservationId: string | undefined;
  /** Ada's cart, and one that was begun without a login. */
  cart: Cart | undefined;
  visitors: Cart | undefined;
  code: string | undefined;
  saleId: string | undefined;
  returnId: string | undefined;
  apiTokenId: string | undefined;
  /** What somebody was told who was not let in. */
  refused: string | undefined;
  /** Who listens by WebSocket, and the last stream that was opened. */
  readonly sockets: Map<string, OrderSocket>;
  stream: Stream | undefined;
  partner: { readonly endpoint: Partner; readonly subscription: Subscription } | undefined;
  /** The sensor at the shelf, and the name that it gives itself. */
  sensor: MqttClient | undefined;
  readonly deviceId: string;
  /** The channel of the store's chat. */
  chat: string | undefined;
  /** The file of the last replay's certificate. */
  certificate: string | undefined;
  /** Undoes what the scenario did to the whole stack. */
  readonly undo: (() => Promise<void>)[];
}

/** What steps are given as `this`. */
export type Story = Scene & IWorld;

Before(function (this: Story) {
  const fresh: Scene = {
    things: new Map(),
    people: new Map(),
    subjects: new Map(),
    answer: undefined,
    answers: [],
    order: undefined,
    reservationId: undefined,
    cart: undefined,
    visitors: undefined,
    code: undefined,
    saleId: undefined,
    returnId: undefined,
    apiTokenId: undefined,
    refused: undefined,
    sockets: new Map(),
    stream: undefined,
    partner: undefined,
    sensor: undefined,
    deviceId: unique('scale'),
    chat: undefined,
    certificate: undefined,
    undo: [],
  };
  Object.assign(this, fresh);
});

After(async function (this: Story) {
  for (const undo of this.undo.toReversed()) await undo();
});

/** The name by which the shop knows somebody. */
export function subjectOf(story: Story, name: string): string {
  const sub = story.subjects.get(name) ?? unique(name.toUpperCase());
  story.subjects.set(name, sub);
  return sub;
}

export const tokenOf = (story: Story, name: string): Promise<string> =>
  token({ sub: subjectOf(story, name) });

export async function person(story: Story, name: string): Promise<HttpClient> {
  const client = story.people.get(name) ?? (await as({ sub: subjectOf(story, name) }));
  story.people.set(name, client);
  return client;
}

export const stranger = (): HttpClient => anybody();

export function productOf(story: Story, thing: Thing): Product {
  const product = story.things.get(thing);
  assert(product, `this story has no ${thing}`);
  return product;
}

export function orderOf(story: Story): NonNullable<Story['order']> {
  assert(story.order, 'nothing was ordered in this story');
  return story.order;
}

export const orderPath = (story: Story, rest = ''): string =>
  `/api/v1/orders/${orderOf(story).made.orderId}${rest}`;

/** Wishes as requests name them. */
export const itemsOf = (story: Story, wishes: readonly Wish[]): { productId: string; qty: number }[] =>
  wishes.map(({ thing, qty }) => ({ productId: productOf(story, thing).productId, qty }));

/** The body of a reply that must have been good. */
export function accepted<T>({ status, body }: Pick<Answer<T>, 'status' | 'body'>): T {
  assert(status < 300, `${status} ${JSON.stringify(body)}`);
  return body;
}

export function isRefusal(
  { status, body }: Pick<Answer, 'status' | 'body'>,
  wanted: number,
  code: string,
): boolean {
  return status === wanted && (body as Problem).code === code;
}

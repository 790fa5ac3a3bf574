import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Broker, Message, OutgoingMessage, Subscription } from '#broker.ts';

/** A broker to be tested: one server, to which processes connect. */
export interface BrokerUnderTest {
  /** What one process holds. `drainMs`: grace that stopping gives to a batch in flight. */
  connect(options?: { readonly drainMs?: number }): Broker;
  /** Makes a topic that nobody has used, and answers its name. */
  newTopic(): Promise<string>;
  /**
   * Of a broker without a history (queues, MQTT): makes a group known, since a group gets only what is published from then
   * on. A broker that keeps its messages has none: any new group gets all of them.
   */
  ensureGroup?(topic: string, group: string): Promise<void>;
}

/** What the suites work with; `topic` is a new one for each test. */
export interface Fixture {
  readonly topic: string;
  connect(options?: { readonly drainMs?: number }): Broker;
  /** A group that nobody has used, and that will get what is published from now on. */
  newGroup(): Promise<string>;
  /** A consumer that keeps what it gets. */
  collect(group: string): Promise<{ readonly received: Message[]; readonly subscription: Subscription }>;
}

const PATIENCE_MS = 30_000;

/** Polls until the condition holds; fails with its last state. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited ${PATIENCE_MS} ms for: ${what}`);
    await delay(10);
  }
}

export const message = (
  key: string,
  text: string,
  headers: Record<string, string> = {},
): OutgoingMessage => ({
  key,
  value: Buffer.from(text),
  headers,
});

/** `count` messages over `keys` keys, numbered 0,1,2… within each key: "<key>:<n>". */
export function numbered(count: number, keys: number): OutgoingMessage[] {
  return Array.from({ length: count }, (_, n) => {
    const key = `key-${n % keys}`;
    return message(key, `${key}:${Math.floor(n / keys)}`);
  });
}

export const texts = (messages: readonly Message[]): string[] =>
  messages.map(({ value }) => value.toString());

/** Numbers in the order in which each was first seen, per key: repetitions are allowed, other disorder is not. */
export function firstSeen(messages: readonly Message[]): Map<string, number[]> {
  const seen = new Map<string, number[]>();
  for (const { key, value } of messages) {
    const number = Number(value.toString().split(':').at(-1));
    const numbers = seen.get(key) ?? [];
    seen.set(key, numbers);
    if (!numbers.includes(number)) numbers.push(number);
  }
  return seen;
}

export function expectOrdered(messages: readonly Message[], count: number, keys: number): void {
  const seen = firstSeen(messages);
  expect(seen.size).toBe(keys);
  for (const [key, numbers] of seen) {
    const due = Array.from({ length: count / keys }, (_, n) => n);
    expect(numbers, `order of ${key}`).toEqual(due);
  }
}

let groups = 0;
export const newGroup = (): string => `conformance-${process.pid}-${Date.now()}-${++groups}`;

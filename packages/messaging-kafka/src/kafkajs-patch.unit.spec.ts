import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from 'vitest';

interface RequestQueue {
  throttledUntil: number;
  throttleCheckTimeoutId: unknown;
  pending: unknown[];
  scheduleCheckPendingRequests(): void;
  destroy(): void;
}

const require = createRequire(import.meta.url);
const Queue = require('kafkajs/src/network/requestQueue/index.js') as new (options: object) => RequestQueue;

/** patches/kafkajs.patch: on Node 24 the unpatched queue arms a timer of negative length, for ever. */
describe('the patched request queue of kafkajs', () => {
  const queue = new Queue({
    maxInFlightRequests: 1,
    requestTimeout: 1_000,
    clientId: 'test',
    broker: 'test',
    logger: {},
  });
  afterEach(() => queue.destroy());

  it('arms no timer when nothing waits', () => {
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it('looks again when something waits', () => {
    queue.pending = [{}];
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
    queue.pending = [];
  });

  it('looks again when the broker asked for a pause', () => {
    queue.throttledUntil = Date.now() + 60_000;
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
  });
});

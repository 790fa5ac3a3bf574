import { pause, pauseMs } from './backoff.ts';
import type { SubscribeOptions, Subscription } from './broker.ts';
import type { Topics } from './in-memory-topics.ts';

interface Member {
  readonly options: SubscribeOptions;
  readonly abort: AbortController;
  readonly inFlight: Set<Promise<void>>;
  stopping: boolean;
  lastFetchAt: number;
}

interface Cursor {
  committed: bigint | undefined;
  busy: boolean;
}

const DEFAULT_BATCH = 1_000;
const BACKOFF = { initialMs: 5, maxMs: 200 };

export interface Group {
  join(options: SubscribeOptions, drainMs: number): Subscription;
  readonly active: boolean;
  committed(topic: string, partition: number): bigint | undefined;
  commit(topic: string, partition: number, offset: bigint): void;
  /** Delivers what is waiting in a topic. */
  poke(topic: string): void;
}

/** A consumer group: each partition belongs to one member at a time; a batch in flight stays with its member. */
export function createGroup(topics: Topics, now: () => number): Group {
  const members: Member[] = [];
  const cursors = new Map<string, Cursor>();

  function cursor(topic: string, partition: number): Cursor {
    const name = `${topic}|${partition}`;
    const found = cursors.get(name) ?? { committed: undefined, busy: false };
    cursors.set(name, found);
    return found;
  }

  function owner(topic: string, partition: number): Member | undefined {
    const interested = members.filter((member) => member.options.topics.includes(topic));
    return interested[partition % interested.length];
  }

  /** Hands one batch over, again and again until it is handled or its member leaves. */
  async function deliver(member: Member, topic: string, partition: number): Promise<void> {
    const at = cursor(topic, partition);
    const from = Number(at.committed ?? 0n);
    const log = topics.partitions(topic)[partition]!;
    const batch = log.slice(from, from + (member.options.maxBatch ?? DEFAULT_BATCH));
    const { signal } = member.abort;
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await Promise.race([member.options.onBatch(batch, signal), aborted]);
        if (!signal.aborted) at.committed = BigInt(from + batch.length);
        return;
      } catch {
        if (!member.stopping) await pause(pauseMs(attempt, BACKOFF), signal);
        if (member.stopping) return;
      }
    }
  }

  async function pump(topic: string, partition: number): Promise<void> {
    const at = cursor(topic, partition);
    if (at.busy) return;
    at.busy = true;
    // Never inside the publisher's call: a broker delivers later.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    for (;;) {
      const member = owner(topic, partition);
      if (!member || Number(at.committed ?? 0n) >= topics.partitions(topic)[partition]!.length) break;
      member.lastFetchAt = now();
      const work = deliver(member, topic, partition);
      member.inFlight.add(work);
      await work;
      member.inFlight.delete(work);
    }
    at.busy = false;
  }

  function poke(topic: string): void {
    topics.partitions(topic).forEach((_, partition) => void pump(topic, partition));
  }

  return {
    join(options, drainMs) {
      const member: Member = {
        options,
        abort: new AbortController(),
        inFlight: new Set(),
        stopping: false,
        lastFetchAt: now(),
      };
      for (const topic of options.topics) {
        topics.partitions(topic).forEach((log, partition) => {
          const at = cursor(topic, partition);
          at.committed ??= options.fromBeginning === false ? BigInt(log.length) : 0n;
        });
      }
      members.push(member);
      options.topics.forEach(poke);
      return {
        get lastFetchAt() {
          return member.stopping ? member.lastFetchAt : now();
        },
        get state() {
          return member.stopping ? 'stopped' : 'running';
        },
        async stop() {
          if (member.stopping) return;
          member.stopping = true;
          members.splice(members.indexOf(member), 1);
          const grace = new AbortController();
          await Promise.race([Promise.allSettled(member.inFlight), pause(drainMs, grace.signal)]);
          grace.abort();
          member.abort.abort();
          options.topics.forEach(poke);
        },
        lag() {
          let lag = 0n;
          for (const topic of options.topics) {
            topics.partitions(topic).forEach((log, partition) => {
              lag += BigInt(log.length) - (cursor(topic, partition).committed ?? 0n);
            });
          }
          return Promise.resolve(lag);
        },
      };
    },
    get active() {
      return members.length > 0;
    },
    committed: (topic, partition) => cursors.get(`${topic}|${partition}`)?.committed,
    commit(topic, partition, offset) {
      cursor(topic, partition).committed = offset;
    },
    poke,
  };
}

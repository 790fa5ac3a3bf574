import type { Broker, Subscription } from '@tradewind/messaging/broker.ts';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import { connectionOptions } from '@tradewind/postgres/database.ts';
import pg from 'pg';
import { type Progress, progressOf } from '#watermark.ts';
import { openStar, type StarDatabase } from './database.ts';
import { starFeed, type StarFeed, starTopics } from './feed.ts';

export interface StarOwnerOptions {
  readonly path: string;
  /** Role that sees every tenant; its connection holds the lock. */
  readonly systemUrl: string;
  readonly broker: Broker & BrokerLog;
  readonly decode: Parameters<typeof starFeed>[1];
  readonly log: Log;
  onCrash(error: unknown): void;
}

/** What the owner of the star schema has, and nobody else. */
export interface OwnedStar {
  readonly star: StarDatabase;
  readonly feed: StarFeed;
  progress(): Promise<Progress>;
}

export interface StarOwner extends Periodic {
  /** Undefined in all instances but one, and in that one until it has opened the file. */
  readonly owned: OwnedStar | undefined;
  readonly subscription: Subscription | undefined;
}

export const STAR_GROUP = 'analytics.star';
const ROUND_MS = 2_000;
const MAX_BATCH = 5_000;

/**
 * One instance feeds the star schema: who holds an advisory lock of the service's database. The group starts where the file
 * stands, not where Kafka remembers it, so a file that is gone, or an older copy of it, is filled from the log.
 */
export function starOwner(options: StarOwnerOptions): StarOwner {
  const { broker, log, decode } = options;
  let lock: pg.Client | undefined;
  let owned: OwnedStar | undefined;
  let subscription: Subscription | undefined;

  async function tryToOwn(): Promise<void> {
    const client = new pg.Client(connectionOptions(options.systemUrl, 'analytics:star'));
    client.on('error', () => undefined);
    await client.connect();
    try {
      const { rows } = await client.query<{ locked: boolean }>(
        `select pg_try_advisory_lock(hashtext('analytics.star')) as locked`,
      );
      if (!rows[0]?.locked) return await client.end();
      const star = await openStar(options.path, log);
      const feed = starFeed(star, decode);
      await feed.retryParked();
      owned = { star, feed, progress: () => progress(feed) };
      client.on('end', () => {
        if (lock === client) lock = undefined;
      });
      lock = client;
      log.info({ path: options.path }, 'the star schema is fed here');
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  /** Feeds from where the file stands; the group of an owner that died is known to Kafka for some seconds more. */
  async function follow(feed: StarFeed): Promise<void> {
    const positions = await feed.positions();
    for (const topic of starTopics) {
      const begins = await broker.beginningOffsets(topic);
      const wanted = new Map(
        [...begins].map(([part, begin]) => [
          part,
          positions.find((one) => one.topic === topic && one.part === part)?.next ?? begin,
        ]),
      );
      await broker.setGroupOffsets(STAR_GROUP, topic, wanted);
    }
    subscription = await broker.subscribe({
      ...{ group: STAR_GROUP, topics: starTopics, maxBatch: MAX_BATCH, lingerMs: 250 },
      onBatch: (batch) => feed.apply(batch),
      onCrash: options.onCrash,
    });
  }

  async function progress(feed: StarFeed): Promise<Progress> {
    const askedAt = Date.now();
    const ends = await Promise.all(
      starTopics.map(async (topic) => ({ topic, ends: await broker.endOffsets(topic) })),
    );
    const read = new Map((await feed.positions()).map((one) => [`${one.topic} ${one.part}`, one]));
    return progressOf(
      ends.flatMap(({ topic, ends: ofTopic }) =>
        [...ofTopic].map(([part, end]) => {
          const { next = 0n, watermark = 0 } = read.get(`${topic} ${part}`) ?? {};
          return { next, end, watermark };
        }),
      ),
      askedAt,
    );
  }

  async function giveUp(): Promise<void> {
    await subscription?.stop();
    subscription = undefined;
    const { star } = owned ?? {};
    owned = undefined;
    await star?.close();
    const held = lock;
    lock = undefined;
    await held?.end().catch(() => undefined);
  }

  const rounds = periodically({
    ...{ name: 'star schema', everyMs: ROUND_MS, atOnce: true, log },
    async round() {
      if (owned && !lock) {
        log.warn({}, 'the lock of the star schema is lost');
        await giveUp();
      }
      if (!owned) await tryToOwn();
      if (owned && !subscription) {
        await follow(owned.feed).catch((error: unknown) => {
          if (isDomainError(error) && error.code === 'GROUP_ACTIVE') return;
          throw error;
        });
      }
    },
  });

  return {
    ...rounds,
    async stop() {
      await rounds.stop();
      await giveUp();
    },
    get owned() {
      return owned;
    },
    get subscription() {
      return subscription;
    },
  };
}

import { metrics } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { periodically } from '@tradewind/outbox/periodically.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { createBacklog } from './backlog.ts';
import type { HealthCheck } from './health.ts';
import type { Logger } from './logger.ts';
import type { Component } from './start.ts';

export interface AdmissionOptions {
  /** How old an event may get before it is published, and again before it is applied here. */
  readonly boundMs: number;
  readonly systemDb: Database;
  /** Age of the oldest event that this service's consumers have not applied. */
  consumerAgeMs(now: number): number;
  readonly log: Logger;
}

export interface Admission {
  readonly component: Component;
  readonly check: HealthCheck;
}

const SAMPLE_MS = 1_000;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

// What an operator has to deal with, and what waits behind it, says nothing about the load.
const oldest = `
  select (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as age from outbox o
  where parked_reason is null and not exists (
    select 1 from outbox p where p.parked_reason is not null and p.topic = o.topic and p.partition_key = o.partition_key)
  order by id limit 1`;

/**
 * Closes the door to new commands before what everybody else knows of the old ones gets too stale: measured by the oldest
 * event of the outbox and by the age of what the service's own consumers come to. It opens by itself.
 */
export function registerAdmission(app: FastifyInstance, options: AdmissionOptions): Admission {
  const { boundMs, systemDb, consumerAgeMs, log } = options;
  const backlogs = { outbox: createBacklog(boundMs), consumers: createBacklog(boundMs) };
  const all = Object.entries(backlogs);
  const shed = metrics.getMeter('tradewind.admission').createCounter('admission_shed_total', {
    description: 'Commands refused because events get too old',
  });
  const age = metrics.getMeter('tradewind.admission').createObservableGauge('admission_backlog_age_seconds', {
    description: 'Age of the oldest event that waits, by where it waits',
  });
  age.addCallback((result) => {
    for (const [of, backlog] of all) result.observe(backlog.ageMs / 1_000, { of });
  });
  let closed = false;

  const retryAfter = (): number =>
    Math.max(...all.map(([, backlog]) => (backlog.tooOld ? backlog.retryAfterSeconds : 1)));

  async function sample(): Promise<void> {
    const [row] = await systemDb.transaction('', (tx) => tx.query<{ age: number }>(oldest));
    const now = Date.now();
    backlogs.outbox.observe(now, Math.max(0, row?.age ?? 0));
    backlogs.consumers.observe(now, Math.max(0, consumerAgeMs(now)));
    const tooOld = all.filter(([, backlog]) => backlog.tooOld).map(([of]) => of);
    if (tooOld.length > 0 !== closed)
      log.warn({ tooOld, boundMs }, closed ? 'commands are let in again' : 'events get too old: no commands');
    closed = tooOld.length > 0;
  }

  app.addHook('onRequest', (request, _reply, done) => {
    if (!closed || READS.has(request.method) || request.routeOptions.config.admission === 'always')
      return done();
    shed.add(1);
    const message = 'events wait longer than they may; nothing was done';
    return done(new DomainError('OVERLOADED', 'unavailable', message, { retryAfter: retryAfter() }));
  });

  return {
    component: periodically({ name: 'admission', everyMs: SAMPLE_MS, round: sample, log, atOnce: true }),
    check: {
      name: 'admission',
      about: 'commands',
      async check() {
        const seconds = (ms: number) => Math.round(ms / 100) / 10;
        const detail = {
          maxSeconds: boundMs / 1_000,
          outboxSeconds: seconds(backlogs.outbox.ageMs),
          consumerSeconds: seconds(backlogs.consumers.ageMs),
        };
        return closed ? { ok: false, detail, retryAfter: retryAfter() } : { ok: true, detail };
      },
    },
  };
}

import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
import { attemptLog } from '#attempts.ts';
import { registerCallback } from '#callback/http.ts';
import type { Config } from '#config.ts';
import { breakerHistory } from '#gateway/breaker-history.ts';
import { createBreaker } from '#gateway/breaker.ts';
import { createGateway } from '#gateway/carry-out.ts';
import { breakerMetric, callMetrics } from '#gateway/metrics.ts';
import { restChannel } from '#gateway/rest-channel.ts';
import { soapChannel } from '#gateway/soap-channel.ts';
import { paymentRecords } from '#records.ts';
import { createFlights } from '#settle/flights.ts';
import { createRun } from '#settle/run.ts';
import { settleTimers } from '#settle/timers.ts';
import { settleWorker } from '#settle/worker.ts';
import { paymentQueries } from '#show-payment/queries.ts';
import { registerShowPayment } from '#show-payment/http.ts';
import { registerStartPayment } from '#start-payment/http.ts';
import { registerStartRefund } from '#start-refund/http.ts';
import { paymentStore } from '#store.ts';

export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const service = await openEventService('payment-adapter', config, foundation);
  const { app, db, systemDb, encoder, relay } = service;
  const { log } = foundation;
  const { PAYMENT_LEASE_MS: leaseMs, PAYMENT_CALL_TIMEOUT_MS: callTimeoutMs } = config;

  const soap = soapChannel(config.PAYMENT_SOAP_URL);
  const rest = restChannel(config.PAYMENT_REST_URL);
  const breaker = createBreaker({
    halfOpenAfterMs: config.PAYMENT_BREAKER_HALF_OPEN_MS,
    onChange: breakerHistory(db, log),
  });
  breakerMetric(breaker);
  const carryOut = createGateway({ soap, rest, breaker, callTimeoutMs, onTry: callMetrics() });

  const store = paymentStore(db, encoder, () => relay.wake());
  const records = paymentRecords(db, leaseMs);
  const queries = paymentQueries(db);
  const timers = settleTimers({
    ...{ db, systemDb, leaseMs },
    expireAfterMs: config.PAYMENT_EXPIRE_AFTER_MS,
    expireGraceMs: config.PAYMENT_EXPIRE_GRACE_MS,
  });
  const run = createRun({ store, timers, carryOut, logTries: attemptLog(db), leaseMs, callTimeoutMs, log });
  const flights = createFlights(run, log);

  registerStartPayment(app, records, flights);
  registerStartRefund(app, records, flights, queries);
  registerShowPayment(app, queries);
  registerCallback(app, timers, flights);
  app.addHook('preClose', async () => flights.hurry());

  return eventServiceComponents('payment-adapter', config, foundation, service, {
    deps: {},
    checks: [
      {
        name: 'gateway',
        check: async () => ({ ok: breaker.state !== 'OPEN', detail: { breaker: breaker.state } }),
        optional: true,
      },
      {
        name: 'unsettled',
        check: async () => ({ ok: true, detail: await timers.backlog() }),
        optional: true,
      },
    ],
    components: [
      closing('gateway connections', () => Promise.all([soap.close(), rest.close()])),
      flights.component,
      settleWorker(timers, run, config.PAYMENT_SETTLE_POLL_MS, log),
    ],
  });
}

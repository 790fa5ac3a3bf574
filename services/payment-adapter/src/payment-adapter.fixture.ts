import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { registerSchemas } from '@tradewind/contracts/register.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { type Answer, type HttpClient, httpClient } from '@tradewind/testing/http.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { type ServiceProcess, startProcess } from '@tradewind/testing/service-process.ts';
import { templateDatabase } from '@tradewind/testing/template-database.ts';
import { tokenIssuer } from '@tradewind/testing/tokens.ts';
import { freePort } from '@tradewind/testing/free-port.ts';

export interface PaymentView {
  readonly paymentId: string;
  readonly status: string;
  readonly transactionId: string | null;
  readonly code: string | null;
}

export interface BookEntry {
  readonly kind: 'CHARGE' | 'REFUND';
  readonly key: string;
  readonly amount: string;
  readonly status: string;
  readonly channel: string;
}

export interface PayOptions {
  readonly token?: string;
  readonly amount?: string;
  readonly paymentId?: string;
  readonly orderId?: string;
  readonly deadlineMs?: number;
}

export interface Adapter {
  readonly process: ServiceProcess;
  readonly http: HttpClient;
  pay(options?: PayOptions): Promise<Answer<PaymentView>>;
  refund(paymentId: string, refundId: string, amount?: string): Promise<Answer<PaymentView>>;
  show(paymentId: string): Promise<PaymentView>;
}

const migrations = fileURLToPath(new URL('../migrations', import.meta.url));

/**
 * The real adapter against the real simulator, each in its process, with a database of their own. There is no broker
 * behind the port that the adapter is given, so its events stay in the outbox, where tests can count them.
 */
export async function startWorld() {
  const registry = await (await servers()).registry();
  await registerSchemas({ registryUrl: registry.url });
  const database = await templateDatabase({ name: 'payment-adapter', dir: migrations });
  const issuer = await tokenIssuer();
  const sql = new pg.Pool({ connectionString: database.systemUrl, max: 2 });
  const gatewayPort = String(await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'payment-gateway-'));
  const token = await issuer.token({ sub: 'order', roles: ['SERVICE'] });
  const startGateway = () =>
    startProcess('../infra/simulators/payment-gateway', {
      PORT: gatewayPort,
      STATE_FILE: join(folder, 'book'),
    });
  const gateway = { process: await startGateway() };
  const simulator = httpClient(gateway.process.url);
  const running: ServiceProcess[] = [];

  async function startAdapter(env: Readonly<Record<string, string>> = {}): Promise<Adapter> {
    const process = await startProcess('payment-adapter', {
      DATABASE_URL: database.databaseUrl,
      DATABASE_SYSTEM_URL: database.systemUrl,
      KAFKA_BROKERS: `127.0.0.1:${await freePort()}`,
      SCHEMA_REGISTRY_URL: registry.url,
      JWKS_URL: issuer.jwksUrl,
      JWT_ISSUER: issuer.issuer,
      PAYMENT_SOAP_URL: `${gateway.process.url}/soap`,
      PAYMENT_REST_URL: gateway.process.url,
      PAYMENT_CALL_TIMEOUT_MS: '600',
      PAYMENT_LEASE_MS: '3000',
      PAYMENT_SETTLE_POLL_MS: '100',
      PAYMENT_BREAKER_HALF_OPEN_MS: '1000',
      LOG_LEVEL: 'warn',
      ...env,
    });
    running.push(process);
    const http = httpClient(process.url, token);
    return {
      process,
      http,
      pay({ token: method, deadlineMs, ...rest } = {}) {
        const body = {
          paymentId: newId(),
          orderId: newId(),
          userId: 'USER-9',
          amount: '12.50',
          currency: 'USD',
          ...rest,
        };
        const headers = deadlineMs === undefined ? {} : { 'deadline-ms': String(deadlineMs) };
        return http.post(
          '/api/v1/payments',
          { ...body, ...(method === undefined ? {} : { token: method }) },
          { headers },
        );
      },
      refund: (paymentId, refundId, amount) =>
        http.post(`/api/v1/payments/${paymentId}/refunds`, {
          refundId,
          ...(amount === undefined ? {} : { amount }),
        }),
      show: async (paymentId) => (await http.get<PaymentView>(`/api/v1/payments/${paymentId}`)).body,
    };
  }

  return {
    startAdapter,
    simulator,
    token,
    issuer,
    sql,
    stopGateway: () => gateway.process.stop('SIGKILL'),
    async restartGateway() {
      gateway.process = await startGateway();
    },
    async book(key: string): Promise<readonly BookEntry[]> {
      const { body } = await simulator.get<{ entries: BookEntry[] }>('/book');
      return body.entries.filter((entry) => entry.key === key);
    },
    /** Waits until a payment is settled and answers it. */
    settled: (adapter: Adapter, paymentId: string) =>
      eventually(
        async () => {
          const payment = await adapter.show(paymentId);
          if (payment.status === 'PENDING') throw new Error(`payment ${paymentId} is still pending`);
          return payment;
        },
        { within: 20_000 },
      ),
    /** Types and versions of an order's events, in outbox order. */
    async events(orderId: string): Promise<string[]> {
      const { rows } = await sql.query<{ type: string; version: number }>(
        `select split_part(event_type, '.', 4) as type, aggregate_version as version
         from outbox where partition_key = $1 order by id`,
        [orderId],
      );
      return rows.map(({ type, version }) => `${version} ${type}`);
    },
    async ledger(paymentId: string): Promise<string[]> {
      const { rows } = await sql.query<{ kind: string; amount: string }>(
        'select kind, amount::text from payment_ledger where payment_id = $1 order by entry_id',
        [paymentId],
      );
      return rows.map(({ kind, amount }) => `${kind} ${amount}`);
    },
    async stop() {
      await Promise.all(running.map((process) => process.stop()));
      await gateway.process.stop();
      await sql.end();
      await issuer.close();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

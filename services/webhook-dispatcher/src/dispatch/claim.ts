import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { SecretBox } from '#subscriptions/secret.ts';
import { allowance, type EndpointState } from './endpoint-state.ts';

/** A delivery that this process has in hand until its lease is over. */
export interface Claimed {
  readonly storeId: string;
  readonly subscriptionId: string;
  readonly deliveryId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly correlationId: string;
  readonly body: string;
  /** Told with the outcome: another claim since then makes that one void. */
  readonly claims: number;
  /** When it could have gone out first. */
  readonly dueAt: Date;
  readonly url: string;
  readonly secrets: readonly Buffer[];
}

export interface ClaimResult {
  readonly claimed: readonly Claimed[];
  /** Subscriptions whose limit was used up: there may be more of theirs to do. */
  readonly full: readonly string[];
  /** Those to look at again, and in how many ms. */
  readonly later: readonly { readonly subscriptionId: string; readonly inMs: number }[];
}

export interface ClaimerOptions {
  readonly db: Database;
  readonly box: SecretBox;
  readonly instance: string;
  readonly leaseMs: number;
}

export type Claim = (
  storeId: string,
  subscriptionIds: readonly string[],
  most: number,
) => Promise<ClaimResult>;

interface Endpoint extends EndpointState {
  readonly subscriptionId: string;
  readonly url: string;
  readonly secret: Buffer;
  readonly previousSecret: Buffer | null;
}

const lock = `
  select subscription_id as "subscriptionId", url, secret,
    case when previous_until > now() then previous_secret end as "previousSecret", failures,
    failing_since as "failingSince", probe_at as "probeAt", lanes, rate_limit as "rateLimit", tokens, tokens_at as "tokensAt"
  from webhook_subscriptions where store_id = $1 and subscription_id = any($2) and status = 'ACTIVE'
  order by subscription_id for no key update`;

const busy = `
  select subscription_id as "subscriptionId", count(*)::int as count from webhook_deliveries
  where subscription_id = any($1) and leased_until > now() group by subscription_id`;

const take = `
  with wanted as (
    select * from json_to_recordset($2) as r (subscription_id text, attempts int)
  ), due as (
    select d.delivery_id, d.next_attempt_at from wanted w cross join lateral (
      select delivery_id, next_attempt_at from webhook_deliveries
      where subscription_id = w.subscription_id and status = 'PENDING' and next_attempt_at <= now()
      order by next_attempt_at limit w.attempts) d
  )
  update webhook_deliveries d set next_attempt_at = now() + $3 * interval '1 ms', leased_until = now() + $3 * interval '1 ms',
    leased_by = $4, claims = claims + 1
  from due join webhook_events e on true
  where d.store_id = $1 and d.delivery_id = due.delivery_id and e.store_id = $1 and e.event_id = d.event_id
  returning d.store_id as "storeId", d.subscription_id as "subscriptionId", d.delivery_id as "deliveryId",
    d.event_id as "eventId", e.event_type as "eventType", e.correlation_id as "correlationId", e.body, d.claims,
    due.next_attempt_at as "dueAt"`;

const spend = `
  update webhook_subscriptions s set tokens = r.tokens, tokens_at = now()
  from json_to_recordset($2) as r (subscription_id text, tokens double precision)
  where s.store_id = $1 and s.subscription_id = r.subscription_id`;

type Row = Omit<Claimed, 'url' | 'secrets'>;

/**
 * Takes what is due of some subscriptions, as much as their limits allow, counted over all instances. Need not be on disk:
 * a claim that is lost leads to a second attempt at worst, which the webhook-id tells.
 */
export function claimer({ db, box, instance, leaseMs }: ClaimerOptions): Claim {
  async function inTransaction(tx: Transaction, ids: readonly string[], most: number): Promise<ClaimResult> {
    const endpoints = await tx.query<Endpoint>(lock, [tx.storeId, ids]);
    const inHand = await tx.query<{ subscriptionId: string; count: number }>(busy, [ids]);
    const counts = new Map(inHand.map(({ subscriptionId, count }) => [subscriptionId, count]));
    let room = most;
    const wanted = endpoints.map((endpoint) => {
      const allowed = allowance(endpoint, counts.get(endpoint.subscriptionId) ?? 0, tx.now);
      const attempts = Math.min(allowed.attempts, room);
      room -= attempts;
      return { endpoint, allowed, attempts };
    });
    const some = wanted.filter(({ attempts }) => attempts > 0);
    const asked = some.map(({ endpoint, attempts }) => ({
      subscription_id: endpoint.subscriptionId,
      attempts,
    }));
    const rows =
      some.length === 0
        ? []
        : await tx.query<Row>(take, [tx.storeId, JSON.stringify(asked), leaseMs, instance]);
    const bySubscription = Map.groupBy(rows, ({ subscriptionId }) => subscriptionId);
    const taken = (id: string): number => bySubscription.get(id)?.length ?? 0;

    const spent = some.flatMap(({ endpoint: { subscriptionId }, allowed: { tokens } }) =>
      tokens === null ? [] : [{ subscription_id: subscriptionId, tokens: tokens - taken(subscriptionId) }],
    );
    if (spent.length > 0) await tx.query(spend, [tx.storeId, JSON.stringify(spent)]);
    failpoint('delivery.claimed');
    return {
      claimed: endpoints.flatMap((endpoint) => {
        const { subscriptionId, url, secret, previousSecret } = endpoint;
        const mine = bySubscription.get(subscriptionId);
        if (!mine) return [];
        const secrets = [secret, ...(previousSecret ? [previousSecret] : [])].map((sealed) =>
          box.open(sealed, subscriptionId),
        );
        return mine.map((row) => ({ ...row, url, secrets }));
      }),
      full: wanted
        .filter(({ endpoint, attempts }) => attempts === taken(endpoint.subscriptionId))
        .map(({ endpoint }) => endpoint.subscriptionId),
      later: wanted.flatMap(({ endpoint: { subscriptionId }, allowed: { againAt }, attempts }) =>
        againAt === undefined || attempts > taken(subscriptionId)
          ? []
          : [{ subscriptionId, inMs: againAt.getTime() - tx.now.getTime() }],
      ),
    };
  }

  return (storeId, ids, most) =>
    db.transaction(storeId, (tx) => inTransaction(tx, ids, most), { durable: false });
}

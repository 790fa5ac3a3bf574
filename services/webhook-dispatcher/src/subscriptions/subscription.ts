export type SubscriptionStatus = 'ACTIVE' | 'PAUSED' | 'DISABLED';

/** What a client says of a subscription. */
export interface SubscriptionTerms {
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly description: string | null;
  /** Deliveries per second; null = as fast as the endpoint answers. */
  readonly rateLimit: number | null;
}

export interface Subscription extends SubscriptionTerms {
  readonly storeId: string;
  readonly subscriptionId: string;
  readonly status: SubscriptionStatus;
  /** Why it is DISABLED. */
  readonly reason: string | null;
  /** Attempts that have failed since the last success. */
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly previousUntil: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface SubscriptionPatch extends Partial<SubscriptionTerms> {
  readonly status?: 'ACTIVE' | 'PAUSED';
}

/** Attempts at once that an endpoint gets at first; each success adds one, up to the most. */
export const FIRST_LANES = 4;
export const MOST_LANES = 20;

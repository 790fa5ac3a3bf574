import { MOST_LANES } from '#subscriptions/subscription.ts';

/** What is known of an endpoint's health, as its subscription's row keeps it. */
export interface EndpointState {
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly probeAt: Date | null;
  /** Attempts it gets at once. */
  readonly lanes: number;
  readonly rateLimit: number | null;
  readonly tokens: number | null;
  readonly tokensAt: Date | null;
}

export interface Allowance {
  /** New attempts that may begin now. */
  readonly attempts: number;
  /** When to look again where a limit, not the endpoint, is what stops it. */
  readonly againAt: Date | undefined;
  readonly tokens: number | null;
}

/** So many failures in a row open the breaker: then one attempt at a time, with a rest between, shows whether it is back. */
export const OPENS_AFTER = 5;
/** Less than the shortest wait of the schedule: a single delivery's attempts never wait for the breaker. */
const PROBE_REST_MS = 5_000;

/** How many attempts an endpoint may get. Pure. */
export function allowance(state: EndpointState, busy: number, now: Date): Allowance {
  const { failures, probeAt, rateLimit } = state;
  const open = failures >= OPENS_AFTER;
  const tokens = tokensAt(state, now);
  if (open && probeAt !== null && probeAt > now) return { attempts: 0, againAt: probeAt, tokens };
  const lanes = Math.max((open ? 1 : state.lanes) - busy, 0);
  if (rateLimit === null || tokens === null || lanes === 0)
    return { attempts: lanes, againAt: undefined, tokens };
  const affordable = Math.floor(tokens);
  const againAt = new Date(now.getTime() + Math.ceil(((affordable + 1 - tokens) / rateLimit) * 1_000));
  return affordable < lanes
    ? { attempts: affordable, againAt, tokens }
    : { attempts: lanes, againAt: undefined, tokens };
}

/** A second's worth is the most that is saved up. */
function tokensAt({ rateLimit, tokens, tokensAt: since }: EndpointState, now: Date): number | null {
  if (rateLimit === null) return null;
  if (tokens === null || since === null) return rateLimit;
  return Math.min(rateLimit, tokens + (Math.max(now.getTime() - since.getTime(), 0) * rateLimit) / 1_000);
}

export type Health = Pick<EndpointState, 'failures' | 'failingSince' | 'probeAt' | 'lanes'>;

/** A success closes the breaker and gives the endpoint one lane more. Pure. */
export const afterSuccess = ({ lanes }: Health): Health => ({
  failures: 0,
  failingSince: null,
  probeAt: null,
  lanes: Math.min(lanes + 1, MOST_LANES),
});

/** A failure halves its lanes: attempts that hang must not pile up. Pure. */
export function afterFailure(health: Health, now: Date, timeScale: number): Health {
  const failures = health.failures + 1;
  return {
    failures,
    failingSince: health.failingSince ?? now,
    probeAt: failures >= OPENS_AFTER ? new Date(now.getTime() + PROBE_REST_MS * timeScale) : null,
    lanes: Math.max(health.lanes >> 1, 1),
  };
}

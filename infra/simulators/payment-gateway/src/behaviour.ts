import type { Channel } from '#book.ts';
import type { ChannelKnobs } from '#knobs.ts';

/** How one request will be treated, besides being carried out. */
export interface Behaviour {
  readonly down: boolean;
  readonly latencyMs: number;
  readonly fault: boolean;
  readonly declineCode: string | undefined;
  /** Ms for which the outcome stays unanswered once it stands in the book; Infinity = this call never answers. */
  readonly silentMs: number;
  readonly malformed: boolean;
  readonly callbacks: 1 | 2;
}

/**
 * The treatment that knobs and a magic payment token ask for. Tokens need no global state, so tests can run side by side:
 * `tok_decline`, `tok_fault` (SOAP only: the REST twin charges), `tok_malformed` (SOAP only), `tok_timeout` (charges, this
 * call never answers), `tok_timeout_5s` (charges, and neither repeats nor queries are answered for 5 s),
 * `tok_latency_800` (ms), `tok_duplicate_callback`.
 * @param random 0 ≤ random() < 1
 */
export function behaviourOf(
  knobs: ChannelKnobs,
  channel: Channel,
  request: { readonly amount?: string; readonly token?: string | undefined },
  random: () => number,
): Behaviour {
  const happens = (often: boolean | number | undefined): boolean =>
    typeof often === 'number' ? random() < often : often === true;
  const { token, amount } = request;
  const soap = channel === 'SOAP';
  const unlucky = happens(knobs.declineRate) || (knobs.declineAmounts ?? []).includes(amount ?? '');
  return {
    down: knobs.down === true,
    latencyMs: Number(/^tok_latency_(\d{1,6})$/.exec(token ?? '')?.[1] ?? latency(knobs.latencyMs, random)),
    fault: happens(knobs.faultRate) || (soap && token === 'tok_fault'),
    declineCode: unlucky || token === 'tok_decline' ? 'CARD_DECLINED' : undefined,
    silentMs: happens(knobs.timeoutAfterCommit) || token === 'tok_timeout' ? Infinity : silenceOf(token),
    malformed: happens(knobs.malformedXml) || (soap && token === 'tok_malformed'),
    callbacks: happens(knobs.duplicateCallback) || token === 'tok_duplicate_callback' ? 2 : 1,
  };
}

/** Ms that a token such as `tok_timeout_5s` keeps its payment in the dark. */
function silenceOf(token: string | undefined): number {
  return Number(/^tok_timeout_(\d{1,4})s$/.exec(token ?? '')?.[1] ?? 0) * 1_000;
}

function latency(setting: ChannelKnobs['latencyMs'], random: () => number): number {
  if (setting === undefined || typeof setting === 'number') return setting ?? 0;
  return setting.min + random() * Math.max(setting.max - setting.min, 0);
}

import { isDomainError } from '@tradewind/kernel/errors.ts';
import { type Money, parseAmount } from '@tradewind/kernel/money.ts';
import { z } from 'zod';
import {
  type Done,
  type Quote,
  type RefusalCode,
  type Refused,
  type TrackingEvent,
  type TrackingStatus,
  trackingStatuses,
} from './carrier.ts';
import { CarrierFailure } from './failure.ts';

/** Words of a carrier. */
export const word = z.string().min(1).max(200);
export const currency = z.string().regex(/^[A-Z]{3}$/);
export const link = z.url({ protocol: /^https?$/ }).max(2_000);

export const done = <T>(value: T): Done<T> => ({ kind: 'DONE', value });
export const refused = (code: RefusalCode, detail: string): Refused => ({ kind: 'REFUSED', code, detail });

export function malformed(detail: string, cause?: unknown): CarrierFailure {
  return new CarrierFailure('MALFORMED', detail, cause);
}

/** What a carrier says, where it has the promised shape. Nothing else is believed. @throws CarrierFailure MALFORMED */
export function believe<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw malformed(z.prettifyError(result.error));
  return result.data;
}

/** @throws CarrierFailure MALFORMED */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed('not JSON', cause);
  }
}

/** @throws CarrierFailure MALFORMED for what is no amount of that currency */
export function money(value: string | number, currencyCode: string): Money {
  try {
    const minor = parseAmount(value, currencyCode);
    if (minor >= 0n) return { minor, currency: currencyCode };
  } catch (error) {
    if (!isDomainError(error)) throw error;
  }
  throw malformed(`${value} ${currencyCode} is no price`);
}

/** @throws CarrierFailure MALFORMED */
export function time(iso: string): Date {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) throw malformed(`${iso} is no time`);
  return at;
}

export const cheapestFirst = (quotes: readonly Quote[]): Quote[] =>
  quotes.toSorted((a, b) => (a.price.minor < b.price.minor ? -1 : a.price.minor > b.price.minor ? 1 : 0));

export interface Scan {
  /** The carrier's code of what happened. */
  readonly code: string;
  readonly at: Date;
  readonly detail: string;
}

/**
 * A carrier's scans in the common words, by time, none twice. Codes without a meaning for an order (customs, a relabelled
 * parcel) are left out.
 */
export function eventsOf(
  scans: readonly Scan[],
  vocabulary: Readonly<Record<string, TrackingStatus>>,
): TrackingEvent[] {
  const rank = (status: TrackingStatus) => trackingStatuses.indexOf(status);
  const events = new Map<string, TrackingEvent>();
  for (const { code, at, detail } of scans) {
    const status = Object.hasOwn(vocabulary, code) ? vocabulary[code] : undefined;
    if (status) events.set(`${status} ${at.getTime()}`, { status, at, detail });
  }
  return [...events.values()].sort(
    (a, b) => a.at.getTime() - b.at.getTime() || rank(a.status) - rank(b.status),
  );
}

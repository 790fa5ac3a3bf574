import { type ChannelName, channelNames, type Kind, kinds, type ValuesOf } from './kinds.ts';
import { addressOf, type Preferences } from '#preferences/preferences.ts';
import { chooseTemplate } from '#templates/choose.ts';
import { LAST_LOCALE } from '#templates/locale.ts';
import { render } from '#templates/render.ts';
import type { Template } from '#templates/template.ts';

/** Somebody is to be told something. */
export type Notice = {
  readonly [K in Kind]: {
    readonly kind: K;
    readonly values: ValuesOf<K>;
    /** A customer's id, or that of a store as recipient. */
    readonly recipient: string;
    /** What it is about: an order, a cart, a stock item. */
    readonly resource: string;
  };
}[Kind];

export type Suppression = 'PREFERENCE' | 'NO_CONSENT' | 'NO_ADDRESS' | 'NO_TEXT' | 'TOO_OLD';

export type Verdict =
  { readonly send: true; readonly address: string } | { readonly send: false; readonly code: Suppression };

/** A delivery before it has an id. */
export interface Planned {
  readonly channel: ChannelName;
  readonly status: 'PENDING' | 'SUPPRESSED';
  readonly code: Suppression | null;
  readonly address: string | null;
  readonly subject: string | null;
  readonly body: string | null;
  readonly templateVersion: number | null;
}

/** By which channel somebody hears of something without having chosen one. */
const DEFAULTS = { CUSTOMER: 'EMAIL', STORE: 'SLACK' } as const;

/**
 * Whether a channel is used. Undefined: it was neither chosen nor is it the usual one, so there is nothing to tell. What the
 * recipient would have expected and does not get is told with its reason.
 */
export function verdictOn(kind: Kind, channel: ChannelName, preferences: Preferences): Verdict | undefined {
  const { category, audience } = kinds[kind];
  const choice = preferences.channels[category]?.[channel];
  const usual = DEFAULTS[audience] === channel;
  if (choice === false) return { send: false, code: 'PREFERENCE' };
  if (choice === undefined && !usual) return undefined;
  if (choice === undefined && category === 'MARKETING') return { send: false, code: 'NO_CONSENT' };
  const address = addressOf(preferences, channel);
  return address === null ? { send: false, code: 'NO_ADDRESS' } : { send: true, address };
}

/** News of yesterday is none: a consumer that comes late, or reads a topic from its start, writes to nobody. */
const TOO_OLD_MS = 24 * 3_600_000;

/**
 * The deliveries of a message, each with the text that all its tries send.
 * @param ageMs how long ago it happened
 */
export function plan(
  notice: Notice,
  preferences: Preferences,
  own: readonly Template[],
  ageMs: number,
): Planned[] {
  const { kind, values } = notice;
  return channelNames.flatMap((channel): Planned[] => {
    const wanted = verdictOn(kind, channel, preferences);
    const late = wanted?.send === true && ageMs > TOO_OLD_MS;
    const verdict: Verdict | undefined = late ? { send: false, code: 'TOO_OLD' } : wanted;
    if (!verdict) return [];
    if (!verdict.send) return [withheld(channel, verdict.code)];
    const template = chooseTemplate(own, kind, channel, preferences.locale);
    if (!template) return [withheld(channel, 'NO_TEXT')];
    const text = render(channel, template, values);
    const { address } = verdict;
    return [{ channel, status: 'PENDING', code: null, address, ...text, templateVersion: template.version }];
  });
}

function withheld(channel: ChannelName, code: Suppression): Planned {
  return {
    channel,
    status: 'SUPPRESSED',
    code,
    address: null,
    subject: null,
    body: null,
    templateVersion: null,
  };
}

export const localeOf = (preferences: Preferences): string => preferences.locale ?? LAST_LOCALE;

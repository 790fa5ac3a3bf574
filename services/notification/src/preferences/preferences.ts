import type { Category, ChannelName } from '#messages/kinds.ts';

/** What somebody chose; a channel that is not named was never chosen. */
export type Choices = Readonly<Partial<Record<Category, Readonly<Partial<Record<ChannelName, boolean>>>>>>;

export interface Wishes {
  readonly channels: Choices;
  readonly locale: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly pushToken: string | null;
  /** Of stores. */
  readonly slackChannel: string | null;
}

export interface Preferences extends Wishes {
  readonly recipient: string;
  /** What the customer's account says; their own address goes before it. */
  readonly accountEmail: string | null;
  readonly version: number;
  readonly updatedAt: Date | null;
}

export const noPreferences = (recipient: string): Preferences => ({
  recipient,
  channels: {},
  locale: null,
  email: null,
  phone: null,
  pushToken: null,
  slackChannel: null,
  accountEmail: null,
  version: 0,
  updatedAt: null,
});

const STORE = 'store:';
export const storeRecipient = (storeId: string): string => `${STORE}${storeId}`;
export const isStoreRecipient = (recipient: string): boolean => recipient.startsWith(STORE);

/** Where a channel reaches somebody. */
export function addressOf(preferences: Preferences, channel: ChannelName): string | null {
  switch (channel) {
    case 'EMAIL':
      return preferences.email ?? preferences.accountEmail;
    case 'SMS':
      return preferences.phone;
    case 'PUSH':
      return preferences.pushToken;
    case 'SLACK':
      return preferences.slackChannel;
    default:
      return channel satisfies never;
  }
}

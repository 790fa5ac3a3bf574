import type { ChannelName, Kind } from '#messages/kinds.ts';

export interface Text {
  /** Of mails the subject, of pushes the title; others have none. */
  readonly subject: string | null;
  /** Of mails HTML, else plain text. */
  readonly body: string;
}

export interface Template extends Text {
  readonly key: Kind;
  readonly channel: ChannelName;
  readonly locale: string;
  /** 0 is the built-in one. */
  readonly version: number;
}

/** Channels whose messages have a subject. */
export const hasSubject = (channel: ChannelName): boolean => channel === 'EMAIL' || channel === 'PUSH';

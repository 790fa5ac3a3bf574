import Mustache from 'mustache';
import { type ChannelName, type Kind, kinds, type Values } from '#messages/kinds.ts';
import { hasSubject, type Text } from './template.ts';
import { type Flaw, flawsOf } from './variables.ts';

const plain = (value: string): string => value;
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** Slack gives these three a meaning, and nothing else. */
const slack = (value: string): string => value.replaceAll(/[&<>]/g, (sign) => entities[sign] ?? sign);

const escapes: Readonly<Record<ChannelName, (value: string) => string>> = {
  EMAIL: Mustache.escape,
  SMS: plain,
  PUSH: plain,
  SLACK: slack,
};

/** What would be wrong with a text of this kind and channel; nothing where it can be sent. */
export function flawsOfText(kind: Kind, channel: ChannelName, { subject, body }: Text): Flaw[] {
  const values: Values = kinds[kind].sample;
  return [
    ...subjectFlaws(channel, subject),
    ...flawsOf('subject', subject ?? '', values),
    ...flawsOf('body', body, values),
  ];
}

function subjectFlaws(channel: ChannelName, subject: string | null): Flaw[] {
  if (hasSubject(channel) === (subject !== null && subject.trim() !== '')) return [];
  const message = hasSubject(channel)
    ? `a text for ${channel} has a subject`
    : `a text for ${channel} has no subject`;
  return [{ path: 'subject', message }];
}

/** Fills a text that has no flaws. Pure: the same values give the same message. */
export function render(channel: ChannelName, { subject, body }: Text, values: Values): Text {
  return {
    // One line: what a customer wrote must not begin a header of its own.
    subject: subject === null ? null : filled(subject, values, plain).replaceAll(/\s+/g, ' ').trim(),
    body: filled(body, values, escapes[channel]),
  };
}

function filled(text: string, values: Values, escape: (value: string) => string): string {
  return new Mustache.Writer().render(text, values, undefined, { escape });
}

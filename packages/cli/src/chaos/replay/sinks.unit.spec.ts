import { describe, expect, it } from 'vitest';
import { type Explained, sinkProblems, type Sinks } from './sinks.ts';

const before: Sinks = { charges: 4, carrierCalls: 1, messages: 0 };
const after: Sinks = { charges: 6, carrierCalls: 1, messages: 2 };
const explained: Explained = { charges: 2, messages: 2, orderEvents: ['e1', 'e2'], ordersCreated: 1 };
const hook = (eventId: string) => ({ eventId, key: 'o1', version: 1, status: 204 });
const heard = [hook('e1'), hook('e2')];
const subjects = (...given: Partial<Parameters<typeof sinkProblems>>) =>
  sinkProblems(
    ...([
      given[0] ?? before,
      given[1] ?? after,
      given[2] ?? explained,
      given[3] ?? heard,
      given[4] ?? 1,
    ] as const),
  ).map(({ subject }) => subject);

describe('what arrives outside during replays', () => {
  it('is fine where orders explain it', () => expect(subjects()).toEqual([]));

  it.each([
    ['charges at the payment gateway', { ...after, charges: 7 }],
    ['messages in mailboxes', { ...after, messages: 3 }],
    ['calls at carriers', { ...after, carrierCalls: 2 }],
  ])('tells %s that nothing explains', (subject, sinks) =>
    expect(subjects(before, sinks)).toEqual([subject]),
  );

  it('tells a webhook that came again, or of something from before', () => {
    expect(subjects(before, after, explained, [...heard, hook('e2')])).toEqual(['e2']);
    expect(subjects(before, after, explained, [...heard, hook('e0')])).toEqual(['webhooks', 'e0']);
  });

  it('tells orders that nobody has placed', () =>
    expect(subjects(before, after, explained, heard, 0)).toEqual(['order events']));
});

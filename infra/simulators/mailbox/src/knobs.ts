import { z } from 'zod';
import { type Channel, channels } from '#messages.ts';

const channelKnobs = z.strictObject({
  /** Only messages to this address; all of them unless said. */
  to: z.string().min(1).optional(),
  delayMs: z.number().min(0).max(600_000).optional(),
  /**
   * DOWN: refuses to look at anything, for now. FAIL: looks, then fails. REFUSE: says that it will never take this message.
   * DROP_ANSWER: takes it, and the answer is lost.
   */
  mode: z.enum(['DOWN', 'FAIL', 'REFUSE', 'DROP_ANSWER']).optional(),
  /** So many times, then no more. */
  times: z.number().int().positive().optional(),
});

/** The body of `PUT /_control/knobs`: `all` applies to every channel, its own section wins. */
export const knobs = z.strictObject({
  all: channelKnobs.optional(),
  ...{ EMAIL: channelKnobs.optional(), SMS: channelKnobs.optional() },
  ...{ PUSH: channelKnobs.optional(), SLACK: channelKnobs.optional() },
});

export type Knobs = z.infer<typeof knobs>;

/** How one message is treated besides being looked at. */
export interface Treatment {
  readonly delayMs: number;
  readonly mode: NonNullable<Knobs['EMAIL']>['mode'];
}

/** The knobs as they stand, with what is left of what is to happen a number of times. */
export function createBoard() {
  let current: Knobs = {};
  let left = new Map<Channel, number>();

  const of = (channel: Channel) => current[channel] ?? current.all ?? {};

  function set(next: Knobs): Knobs {
    current = next;
    left = new Map(channels.map((channel) => [channel, of(channel).times ?? Infinity]));
    return current;
  }

  set({});
  return {
    get current() {
      return current;
    },
    set,
    /** What this message is to meet; counts. */
    take(channel: Channel, to: string): Treatment {
      const { to: only, delayMs = 0, mode } = of(channel);
      const times = left.get(channel) ?? 0;
      if (only !== undefined && only !== to) return { delayMs: 0, mode: undefined };
      if (mode === undefined || times === 0) return { delayMs, mode: undefined };
      left.set(channel, times - 1);
      return { delayMs, mode };
    },
  };
}

export type Board = ReturnType<typeof createBoard>;

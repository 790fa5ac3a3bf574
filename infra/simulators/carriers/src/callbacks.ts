import { createHmac } from 'node:crypto';
import type { CarrierName, Label, TrackingEvent } from '#carrier.ts';
import { journeyOf } from '#journey.ts';
import type { Board } from '#knobs.ts';

export interface CallbackMessage {
  readonly type: string;
  readonly body: string;
}

export interface NotifierParts {
  readonly board: Board;
  readonly secrets: Readonly<Record<CarrierName, { readonly callbackSecret: string }>>;
  readonly messages: Readonly<Record<CarrierName, (label: Label, event: TrackingEvent) => CallbackMessage>>;
  readonly random: () => number;
  readonly now: () => number;
}

const TIMEOUT_MS = 5_000;
/** Node fires longer timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Followed {
  label: Label;
  /** Events that were posted, or are held back. */
  sent: number;
  held: TrackingEvent | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Posts each tracking event at its time to the client's address, signed. Lost callbacks stay lost: a client must ask by
 * itself. Holds one timer for each parcel that is on its way.
 */
export function createNotifier({ board, secrets, messages, random, now }: NotifierParts) {
  const open = new Map<string, Followed>();

  function schedule(followed: Followed): void {
    clearTimeout(followed.timer);
    const { label } = followed;
    const event = journeyOf(label)[followed.sent];
    if (!event) {
      flush(followed);
      open.delete(label.labelId);
      return;
    }
    const wait = Math.min(Math.max(event.at - now(), 0), LONGEST_TIMER_MS);
    followed.timer = setTimeout(() => {
      followed.sent += 1;
      tell(followed, event);
      schedule(followed);
    }, wait);
    followed.timer.unref();
  }

  /** In pairs, the later one first, where they are to be shuffled. */
  function tell(followed: Followed, event: TrackingEvent): void {
    const { shuffle = false } = board.of(followed.label.carrier);
    if (shuffle && followed.held === undefined) {
      followed.held = event;
      return;
    }
    const earlier = take(followed);
    // Only when this one has arrived: posted at once, they could as well arrive in their order.
    void post(followed.label, event).then(() => earlier && post(followed.label, earlier));
  }

  function flush(followed: Followed): void {
    const held = take(followed);
    if (held) void post(followed.label, held);
  }

  function take(followed: Followed): TrackingEvent | undefined {
    const { held } = followed;
    followed.held = undefined;
    return held;
  }

  async function post(label: Label, event: TrackingEvent): Promise<void> {
    const url = board.current.callbackUrl;
    if (url === undefined) return;
    const { duplicates = false } = board.of(label.carrier);
    const twice = typeof duplicates === 'number' ? random() < duplicates : duplicates;
    const message = messages[label.carrier](label, event);
    const secret = secrets[label.carrier].callbackSecret;
    const copies = Array.from({ length: twice ? 2 : 1 }, () =>
      postSigned(`${url}/${label.carrier}`, message, secret, now()).catch((error: unknown) =>
        process.stderr.write(`callback to ${url}/${label.carrier} failed: ${String(error)}\n`),
      ),
    );
    await Promise.all(copies);
  }

  /** @param since what happened up to then has been told, or is not told any more */
  function follow(label: Label, since: number): void {
    const sent = journeyOf(label).filter((event) => event.at <= since).length;
    const followed = open.get(label.labelId) ?? { label, sent, held: undefined, timer: undefined };
    followed.label = label;
    open.set(label.labelId, followed);
    schedule(followed);
  }

  return {
    /** From its purchase on, and again after each change. */
    follow: (label: Label): void => follow(label, label.hastenedAt ?? label.at),
    /** After a restart. */
    resume: (label: Label): void => follow(label, now()),
    close(): void {
      for (const { timer } of open.values()) clearTimeout(timer);
    },
  };
}

async function postSigned(
  url: string,
  { type, body }: CallbackMessage,
  secret: string,
  now: number,
): Promise<void> {
  const timestamp = String(Math.floor(now / 1_000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': type,
      'carrier-timestamp': timestamp,
      'carrier-signature': `sha256=${signature}`,
    },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.arrayBuffer();
}

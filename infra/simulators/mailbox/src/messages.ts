export const channels = ['EMAIL', 'SMS', 'PUSH', 'SLACK'] as const;
export type Channel = (typeof channels)[number];

/** What a sender hands over. */
export interface Sent {
  readonly channel: Channel;
  /** The sender's own id of the message: it stays the same over repeats. */
  readonly key: string;
  readonly to: string;
  readonly from: string | null;
  readonly subject: string | null;
  readonly text: string;
  readonly html: string | null;
}

export interface Message extends Sent {
  readonly id: string;
  /** epoch ms */
  readonly at: number;
  /** How often it came again after the first time. */
  readonly repeats: number;
}

/** One line of the state file. */
export type Entry =
  | { readonly kind: 'TAKEN'; readonly message: Message }
  | { readonly kind: 'REPEATED'; readonly channel: Channel; readonly key: string };

export interface MessagesOptions {
  readonly entries: Iterable<Entry>;
  /** Called with each new entry before it counts. */
  readonly append: (entry: Entry) => void;
  readonly newId: () => string;
  readonly now: () => number;
}

/** Every message that was taken, by channel and its sender's id: a repeat is counted and answered like the first. */
export function createMessages({ entries, append, newId, now }: MessagesOptions) {
  const byKey = new Map<string, Message>();
  const keyOf = ({ channel, key }: { channel: Channel; key: string }): string => `${channel} ${key}`;

  function note(entry: Entry): Message {
    if (entry.kind === 'TAKEN') {
      byKey.set(keyOf(entry.message), entry.message);
      return entry.message;
    }
    const known = byKey.get(keyOf(entry));
    if (!known) throw new Error(`a repeat of ${keyOf(entry)}, which never came`);
    const again = { ...known, repeats: known.repeats + 1 };
    byKey.set(keyOf(entry), again);
    return again;
  }

  for (const entry of entries) note(entry);

  return {
    take(sent: Sent): Message {
      const { channel, key } = sent;
      const entry: Entry = byKey.has(keyOf(sent))
        ? { kind: 'REPEATED', channel, key }
        : { kind: 'TAKEN', message: { ...sent, id: newId(), at: now(), repeats: 0 } };
      append(entry);
      return note(entry);
    },
    /** The newest first. */
    all: (): Message[] => [...byKey.values()].toReversed(),
  };
}

export type Messages = ReturnType<typeof createMessages>;

import { DomainError } from '@tradewind/kernel/errors.ts';
import { z } from 'zod';

export const POSITION_TOKEN_HEADER = 'position-token';

/** What a command wrote: by topic and key the version that its aggregate has after it. */
export type Position = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Positions that a request's commands reach, as they encode their events. */
export class Written {
  readonly #position = new Map<string, Map<string, number>>();

  /** A transaction that is tried again says it again: the last word counts. */
  note(topic: string, key: string, version: number): void {
    const keys = this.#position.get(topic);
    if (keys) keys.set(key, version);
    else this.#position.set(topic, new Map([[key, version]]));
  }

  /** Undefined where nothing was written, or more than a header may hold. */
  token(now: number): string | undefined {
    const keys = keysOf(this.#position);
    return keys === 0 || keys > MOST_KEYS ? undefined : formatPosition(this.#position, now);
  }
}

/** What another service says that it wrote for a request. */
export function forEachPosition(
  token: string,
  note: (topic: string, key: string, version: number) => void,
): void {
  for (const [topic, keys] of parsePosition(token).position)
    for (const [key, version] of keys) note(topic, key, version);
}

/** More keys than any command of the contract touches; a header has its limits. */
const MOST_KEYS = 200;
const LONGEST = 12_000;

const keysOf = (position: Position): number =>
  [...position.values()].reduce((sum, keys) => sum + keys.size, 0);

const version = z.int().positive();
const shape = z.strictObject({
  /** When it was written, epoch ms. */
  t: z.int().nonnegative(),
  p: z.record(z.string().max(200), z.record(z.string().max(500), version)),
});

function formatPosition(position: Position, now: number): string {
  const p = Object.fromEntries([...position].map(([topic, keys]) => [topic, Object.fromEntries(keys)]));
  return Buffer.from(JSON.stringify({ t: now, p })).toString('base64url');
}

/**
 * Nothing in it is secret and nothing is decided by it, so it is not signed: who makes one up waits for his own words.
 * @throws DomainError POSITION_TOKEN_INVALID
 */
export function parsePosition(token: string): { readonly writtenAt: number; readonly position: Position } {
  try {
    if (token.length > LONGEST) throw new RangeError('too long');
    const { t, p } = shape.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
    const position = new Map(
      Object.entries(p).map(([topic, keys]) => [topic, new Map(Object.entries(keys))] as const),
    );
    if (keysOf(position) > MOST_KEYS) throw new RangeError('too many keys');
    return { writtenAt: t, position };
  } catch (cause) {
    const message = 'is none that a command has answered with';
    throw new DomainError('POSITION_TOKEN_INVALID', 'invalid', `the Position-Token ${message}`, {
      cause,
      details: { errors: [{ path: `headers.${POSITION_TOKEN_HEADER}`, message }] },
    });
  }
}

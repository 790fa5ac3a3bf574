export type KeyState = 'NEXT' | 'ACTIVE' | 'RETIRED';

export interface SigningKey {
  readonly kid: string;
  readonly state: KeyState;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  readonly retiredAt: Date | null;
}

/** Longest life of any token: a retired key stays published at least as long. */
export const MAX_TOKEN_SECONDS = 86_400;
/** How long an instance may sign by a key ring it can't refresh; also the slack before a retired key is forgotten. */
export const RING_GRACE_SECONDS = 600;
/** For how long verifiers may keep the key set; a key is published at least as long before it signs. */
export const JWKS_MAX_AGE_SECONDS = 5;

export type RotationReason = 'asked' | 'age';

export type Rotation =
  | { readonly type: 'rotate'; readonly retire: string; readonly activate: string }
  | { readonly type: 'too-early'; readonly seconds: number }
  | { readonly type: 'none' };

/** Whether the ring turns now: when asked, or when the active key has reached `maxAgeMs`; never to an unpublished key. */
export function decideRotation(
  keys: readonly SigningKey[],
  {
    reason,
    now,
    maxAgeMs,
  }: { readonly reason: RotationReason; readonly now: Date; readonly maxAgeMs: number },
): Rotation {
  const active = keys.find(({ state }) => state === 'ACTIVE');
  const next = keys.find(({ state }) => state === 'NEXT');
  if (!active || !next) return { type: 'none' };
  const age = now.getTime() - (active.activatedAt ?? active.createdAt).getTime();
  if (reason === 'age' && age < maxAgeMs) return { type: 'none' };
  const published = now.getTime() - next.createdAt.getTime();
  const missing = JWKS_MAX_AGE_SECONDS * 1000 - published;
  if (missing > 0) return { type: 'too-early', seconds: Math.ceil(missing / 1000) };
  return { type: 'rotate', retire: active.kid, activate: next.kid };
}

/** Retired keys that no living token can name any more. */
export function forgettable(keys: readonly SigningKey[], now: Date): string[] {
  const life = (MAX_TOKEN_SECONDS + RING_GRACE_SECONDS) * 1000;
  return keys.flatMap(({ kid, state, retiredAt }) =>
    state === 'RETIRED' && retiredAt && now.getTime() - retiredAt.getTime() > life ? [kid] : [],
  );
}

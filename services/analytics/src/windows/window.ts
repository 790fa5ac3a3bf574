export const windowSizes = ['1m', '1h', '1d'] as const;
export type WindowSize = (typeof windowSizes)[number];

const LENGTH_MS: Readonly<Record<WindowSize, number>> = { '1m': 60_000, '1h': 3_600_000, '1d': 86_400_000 };

export const DAY_MS = LENGTH_MS['1d'];

export const lengthOf = (size: WindowSize): number => LENGTH_MS[size];

/** Begin of the tumbling window that a time (epoch ms) falls into; windows are aligned to UTC. */
export const startOf = (size: WindowSize, ms: number): number =>
  Math.floor(ms / LENGTH_MS[size]) * LENGTH_MS[size];

/** Nothing of a window is expected any more: late events still correct it, and are counted as such. */
export const isFinal = (size: WindowSize, start: number, watermark: number, latenessMs: number): boolean =>
  watermark >= start + LENGTH_MS[size] + latenessMs;

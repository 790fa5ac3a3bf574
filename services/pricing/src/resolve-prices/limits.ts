export const MAX_LINES = 200;
export const MAX_QTY = 1_000_000;
export const MAX_CODES = 10;

/** Codes are the same in any case, and twice is once. */
export const codesIn = (codes: readonly string[]): string[] => [
  ...new Set(codes.map((code) => code.trim().toUpperCase())),
];

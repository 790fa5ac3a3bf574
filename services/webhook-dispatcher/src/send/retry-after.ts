/** An endpoint can ask for an hour's rest; for a longer one, somebody pauses its subscription. */
const LONGEST_MS = 3_600_000;

/** The wait that a `Retry-After` header asks for, in seconds or as a date; undefined where it asks for none. Pure. */
export function retryAfterMs(header: string | string[] | undefined, now: Date): number | undefined {
  const text = [header].flat()[0]?.trim();
  if (text === undefined || text === '') return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime();
  return Number.isNaN(ms) || ms <= 0 ? undefined : Math.min(ms, LONGEST_MS);
}

import type { Entry } from '#book.ts';
import { idOf } from '#gateway.ts';

const TIMEOUT_MS = 5_000;

/** Posts an outcome to the merchant's callback URL. Lost callbacks stay lost: a merchant must ask by itself. */
export async function postCallback(url: string, entry: Entry, times: number): Promise<void> {
  const body = JSON.stringify({
    idempotencyKey: entry.key,
    transactionId: idOf(entry),
    status: entry.status,
    code: entry.code,
  });
  const post = () =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).then((response) => response.arrayBuffer());
  const results = await Promise.allSettled(Array.from({ length: times }, post));
  for (const result of results) {
    if (result.status === 'rejected')
      process.stderr.write(`callback to ${url} failed: ${String(result.reason)}\n`);
  }
}

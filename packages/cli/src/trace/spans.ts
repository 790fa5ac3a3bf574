import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Span } from './lineage.ts';

interface Line {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Spans of traces, as the local stack's services write them, in the order of their beginning. */
export async function spansOf(
  home: string,
  traceIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly Span[]>> {
  const found = new Map<string, Span[]>([...traceIds].map((id) => [id, []]));
  if (traceIds.size === 0) return found;
  const folder = join(home, 'traces');
  // A stack whose services send their spans elsewhere has no such folder.
  const files = await readdir(folder).catch(() => []);
  for (const file of files.filter((name) => name.endsWith('.jsonl'))) {
    const lines = createInterface({ input: createReadStream(join(folder, file)), crlfDelay: Infinity });
    for await (const text of lines) {
      const id = /"traceId":"([0-9a-f]{32})"/.exec(text)?.[1];
      const spans = id === undefined ? undefined : found.get(id);
      // The last line may be half written.
      if (spans && text.endsWith('}')) spans.push(spanOf(JSON.parse(text) as Line));
    }
  }
  for (const spans of found.values()) spans.sort((a, b) => a.startMs - b.startMs);
  return found;
}

function spanOf({ service, name, startMs, durationMs, attributes }: Line): Span {
  const status = attributes['http.response.status_code'];
  return { service, name, startMs, durationMs, status: typeof status === 'number' ? status : undefined };
}

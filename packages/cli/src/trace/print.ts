import type { Effect, Lineage, TracedEvent, TracedRequest } from './lineage.ts';

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 23);

/** `+12 ms`, `+3.4 s`, `+2 min` since an event was stored. Clocks of two machines may make it negative. */
export function since(from: number, at: number): string {
  const ms = Math.round(at - from);
  const sign = ms < 0 ? '−' : '+';
  const size = Math.abs(ms);
  if (size < 1_000) return `${sign}${size} ms`;
  return size < 120_000 ? `${sign}${(size / 1_000).toFixed(1)} s` : `${sign}${Math.round(size / 60_000)} min`;
}

const marks: Readonly<Record<Effect['state'], string>> = {
  done: '✓',
  waiting: '…',
  parked: '‖',
  failed: '✗',
  missing: '✗',
};

/** A tree: request → its events, each below the one that caused it → what followed from each. Pure. */
export function describeLineage({ subject, requests, events }: Lineage): string {
  const first = events[0]?.storedAt ?? 0;
  const lines = [
    `${subject.kind} ${subject.id}${subject.status === undefined ? '' : `  ${subject.status}`}` +
      `  (${events[0]?.storeId ?? ''}, ${new Date(first).toISOString().slice(0, 10)}, UTC)`,
  ];
  for (const request of requests) {
    lines.push(...describeRequest(request));
    const own = events.filter(({ correlationId }) => correlationId === request.correlationId);
    const ids = new Set(own.map(({ eventId }) => eventId));
    const roots = own.filter(({ causationId }) => causationId === null || !ids.has(causationId));
    roots.forEach((root, at) => lines.push(...describeEvent(root, own, '', at === roots.length - 1)));
  }
  return lines.join('\n');
}

function describeRequest({ correlationId, traceId, spans }: TracedRequest): string[] {
  const kept = spans.map(
    ({ service, name, startMs, durationMs, status }) =>
      `  ${clock(startMs)}  ${service} ${name} → ${status}  ${durationMs.toFixed(1)} ms`,
  );
  const untold = spans.length > 0 ? '' : '  (trace not kept)';
  return ['', `request  correlation ${correlationId}  trace ${traceId}${untold}`, ...kept];
}

function describeEvent(
  event: TracedEvent,
  all: readonly TracedEvent[],
  indent: string,
  last: boolean,
): string[] {
  const { eventId, eventType, version, key, storedAt, published, producer, unreadable } = event;
  const caused = all.filter(({ causationId }) => causationId === eventId);
  const below = `${indent}${last ? '   ' : '│  '}`;
  const place =
    published === undefined
      ? 'not published: it waits in the outbox'
      : `${since(storedAt, published.at).padEnd(9)} ${published.topic} ${published.partition}@${published.offset}`;
  const bar = caused.length > 0 ? '│' : ' ';
  const steps = [
    `stored       ${clock(storedAt)} by ${producer}`,
    `published    ${place}`,
    ...(unreadable === undefined ? [] : [`not readable ${unreadable}`]),
    ...event.effects.flatMap((effect) => describeEffect(effect, storedAt)),
  ];
  return [
    `${indent}${last ? '└─' : '├─'} ${eventType}  ${key} v${version}  ${eventId}`,
    ...steps.map((step) => `${below}${bar}  ${step}`),
    ...caused.flatMap((one, at) => describeEvent(one, all, below, at === caused.length - 1)),
  ];
}

function describeEffect(effect: Effect, storedAt: number): string[] {
  const { kind, service, name, state, at, notBefore, exact, detail, attempts = [] } = effect;
  const when = at === undefined ? state : `${exact ? '' : '≤ '}${since(storedAt, at)}`;
  const earliest =
    notBefore === undefined || notBefore <= storedAt ? '' : `, after ${since(storedAt, notBefore)}`;
  const where = kind === 'projection' ? `${service} ${name}` : name;
  const told = detail === undefined ? '' : `  ${detail}`;
  const said = at !== undefined && state !== 'done' ? ` ${state}` : '';
  return [
    `${kind.padEnd(13)}${marks[state]} ${where}  ${when}${earliest}${said}${told}`,
    ...attempts.map(
      (one, number) =>
        `              ${number + 1}. ${since(storedAt, one.at)}  ${one.result}${one.durationMs === undefined ? '' : `  ${one.durationMs} ms`}`,
    ),
  ];
}

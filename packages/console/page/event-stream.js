const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Server-sent events with a token, which EventSource cannot send. Comes back after a break, from the last id it has seen.
 * @typedef {{ event: string, id: string, data: string }} ServerEvent
 * @param {string} path
 * @param {{ token: string, signal: AbortSignal, onEvent: (event: ServerEvent) => void, onState: (open: boolean) => void }} options
 * @returns {Promise<void>} ends when told to; rejects with the server's refusal (401, 403)
 */
export async function listen(path, { token, signal, onEvent, onState }) {
  let lastId = '';
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      const headers = { authorization: `Bearer ${token}`, ...(lastId ? { 'last-event-id': lastId } : {}) };
      const response = await fetch(path, { headers, signal, cache: 'no-store' });
      if (response.status === 401 || response.status === 403)
        throw new Refusal((await response.json()).title);
      if (!response.ok || !response.body) throw new Error(`${path} answered ${response.status}`);
      onState(true);
      pause = FIRST_PAUSE_MS;
      for await (const event of eventsIn(response.body)) {
        lastId = event.id || lastId;
        onEvent(event);
      }
    } catch (error) {
      // Anything else is a break, which `onState` shows and the next try may heal.
      if (error instanceof Refusal) throw error;
    }
    onState(false);
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

class Refusal extends Error {}

/** @param {ReadableStream<Uint8Array>} body */
async function* eventsIn(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventIn(block);
      if (event.data !== '') yield event;
    }
  }
}

/**
 * @param {string} block
 * @returns {ServerEvent}
 */
export function eventIn(block) {
  const event = { event: 'message', id: '', data: '' };
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === 'data') event.data += event.data === '' ? value : `\n${value}`;
    else if (name === 'event' || name === 'id') event[name] = value;
  }
  return event;
}

import { type ClientRequest, get } from 'node:http';
import { atATime, spread } from './at-a-time.ts';
import type { Clients } from './client-process.ts';

interface Client {
  readonly url: string;
  readonly from: string;
  request: ClientRequest | undefined;
  open: boolean;
  connectedAt: number;
  lastId: string;
  /** True once it has an id that the next one must follow. */
  following: boolean;
}

const AT_ONCE = 50;
const PATH = '/sse/flash-sales?store=STORE-1';

/** SSE clients of the flash sales that come back with Last-Event-ID. */
export function streamClients(): Clients {
  const all: Client[] = [];
  const gaps: string[] = [];
  let latencies: number[] = [];
  let messages = 0;
  let reconnections = 0;

  function note(client: Client, block: string): void {
    const id = /^id: (\d+)$/m.exec(block)?.[1];
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (/^event: reset$/m.test(block)) gaps.push('reset');
    if (id === undefined) return;
    if (data === undefined) {
      client.lastId = id;
      client.following = true;
      return;
    }
    if (!client.following) return;
    messages++;
    if (Number(id) !== Number(client.lastId) + 1) gaps.push(`${client.lastId} before ${id}`);
    client.lastId = id;
    const occurredAt = Date.parse((JSON.parse(data) as { occurredAt: string }).occurredAt);
    if (occurredAt > client.connectedAt) latencies.push(Date.now() - occurredAt);
  }

  function open(client: Client): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = {
        accept: 'text/event-stream',
        ...(client.lastId === '' ? {} : { 'last-event-id': client.lastId }),
      };
      const request = get(client.url + PATH, { headers, localAddress: client.from, agent: false });
      client.request = request;
      request.once('error', reject);
      request.once('response', (response) => {
        if (response.statusCode !== 200) return reject(new Error(`SSE answered ${response.statusCode}`));
        client.open = true;
        client.connectedAt = Date.now();
        let rest = '';
        response.on('data', (part: Buffer) => {
          const blocks = (rest + part.toString()).split('\n\n');
          rest = blocks.pop() ?? '';
          for (const block of blocks) note(client, block);
        });
        response.on('error', () => undefined);
        response.once('close', () => {
          if (client.request === request) client.open = false;
        });
        return resolve();
      });
    });
  }

  async function again(client: Client): Promise<void> {
    client.request?.destroy();
    reconnections++;
    await open(client);
  }

  return {
    async connect({ urls, clients, from }) {
      for (let at = 0; at < clients; at++) {
        const url = urls[at % urls.length]!;
        all.push({
          url,
          from,
          request: undefined,
          open: false,
          connectedAt: 0,
          lastId: '',
          following: false,
        });
      }
      await atATime(all, AT_ONCE, open);
    },
    async reconnect(share, seconds) {
      await spread(all, share, seconds, again);
    },
    forgetLatencies() {
      latencies = [];
    },
    report() {
      const lastIds = [...new Set(all.map(({ lastId }) => lastId))];
      const openNow = all.filter((client) => client.open).length;
      return {
        clients: all.length,
        open: openNow,
        messages,
        reconnections,
        latencies,
        gaps,
        statuses: [],
        lastIds,
      };
    },
  };
}

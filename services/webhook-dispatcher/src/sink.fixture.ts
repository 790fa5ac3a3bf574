import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Behaviour = (received: Received, response: ServerResponse) => void;

/** A partner's endpoints on the loopback: each path behaves as a test says, and everything that arrives is counted. */
export async function openSink() {
  const received: Received[] = [];
  const behaviours = new Map<string, Behaviour>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      };
      received.push(one);
      const behave = behaviours.get(one.path) ?? answers(204);
      behave(one, response);
    });
  });
  let connections = 0;
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: (path: string) => `http://127.0.0.1:${port}${path}`,
    received,
    get connections() {
      return connections;
    },
    at: (path: string) => received.filter((one) => one.path === path),
    behave: (path: string, behaviour: Behaviour) => void behaviours.set(path, behaviour),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Sink = Awaited<ReturnType<typeof openSink>>;

export const answers =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (_, response) =>
    void response.writeHead(status, headers).end();

/** Takes the request and never says anything. */
export const hangs: Behaviour = () => undefined;

/** The first so many requests fail. */
export function failsFirst(times: number, status = 500): Behaviour {
  let left = times;
  return (one, response) => answers(left-- > 0 ? status : 204)(one, response);
}

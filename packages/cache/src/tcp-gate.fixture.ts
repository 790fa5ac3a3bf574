import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

/** A door in front of a server: tests shut it to see how a client does without. */
export interface TcpGate {
  readonly port: number;
  /** Cuts every connection and refuses new ones. */
  shut(): void;
  /** Takes connections and bytes, and answers nothing. */
  hang(): void;
  open(): void;
  close(): Promise<void>;
}

export async function tcpGate(target: URL): Promise<TcpGate> {
  let state: 'open' | 'hanging' | 'shut' = 'open';
  const sockets = new Set<Socket>();

  const server = createServer((client) => {
    if (state === 'shut') {
      client.destroy();
      return;
    }
    const upstream = createConnection({ host: target.hostname, port: Number(target.port) });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes) => void (state === 'open' && upstream.write(bytes)));
    upstream.on('data', (bytes) => void (state === 'open' && client.write(bytes)));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    shut() {
      state = 'shut';
      cut();
    },
    hang() {
      state = 'hanging';
    },
    open() {
      state = 'open';
      cut();
    },
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
}

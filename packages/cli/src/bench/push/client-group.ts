import { fork } from 'node:child_process';
import type { Kind } from './client-process.ts';
import type { Answer, Order, Report } from './messages.ts';

/** All clients of one kind, over several processes. */
export interface ClientGroup {
  reconnect(share: number, seconds: number): Promise<void>;
  forgetLatencies(): Promise<void>;
  reports(): Promise<readonly Report[]>;
  close(): void;
}

/** Open files that one process of clients may need; limits of 20,000 are common. */
const MOST = 5_000;

export async function clientGroup(options: {
  readonly kind: Kind;
  readonly clients: number;
  readonly urls: readonly string[];
  readonly tokens: readonly string[];
  /** First of the source addresses, 127.0.0.<n>. */
  readonly firstAddress: number;
}): Promise<ClientGroup> {
  const { kind, clients, urls, tokens, firstAddress } = options;
  const count = Math.ceil(clients / MOST);
  const children = Array.from({ length: count }, () =>
    fork(new URL('./client-process.ts', import.meta.url), { serialization: 'advanced' }),
  );

  function tell(child: (typeof children)[number], order: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('a process of clients has ended'));
      child.once('exit', ended);
      child.once('message', (answer) => {
        child.off('exit', ended);
        resolve(answer as Answer);
      });
      child.send(order);
    });
  }
  const tellAll = (order: Order) => Promise.all(children.map((child) => tell(child, order)));

  await Promise.all(
    children.map((child, at) =>
      tell(child, {
        ...{ do: 'connect', kind, urls, tokens, from: `127.0.0.${firstAddress + at}` },
        clients: Math.floor(clients / count) + (at < clients % count ? 1 : 0),
      }),
    ),
  );
  return {
    reconnect: async (share, seconds) => void (await tellAll({ do: 'reconnect', share, seconds })),
    forgetLatencies: async () => void (await tellAll({ do: 'forget-latencies' })),
    reports: async () => (await tellAll({ do: 'report' })) as unknown as Report[],
    close() {
      for (const child of children) child.disconnect();
    },
  };
}

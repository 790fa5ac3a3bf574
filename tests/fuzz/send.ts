import { Agent, request } from 'node:http';
import type { Shot } from './shots.ts';

const PATIENCE_MS = 30_000;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Target {
  readonly url: string;
  /** Answers what became of a request that got no reply as an Error. */
  send(shot: Shot): Promise<Reply | Error>;
  close(): void;
}

/** A service under fire, over connections that are kept. */
export function target(url: string, connections: number): Target {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });

  function exchange({ method, path, headers, body }: Shot): Promise<Reply> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(body.length) };
      const options = { agent, hostname, port, method, path, headers: { ...headers, ...length } };
      const sent = request(options, (reply) => {
        // A stream has no end: that it begins is the reply.
        if (reply.headers['content-type']?.startsWith('text/event-stream') === true) {
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text: '' });
          reply.destroy();
          return;
        }
        const parts: Buffer[] = [];
        reply.on('data', (part: Buffer) => void parts.push(part));
        reply.once('error', reject);
        reply.once('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text });
        });
      });
      sent.setTimeout(PATIENCE_MS, () => sent.destroy(new Error(`no reply for ${PATIENCE_MS} ms`)));
      sent.once('error', reject);
      sent.end(body);
    });
  }
  return {
    url,
    send: (shot) =>
      exchange(shot).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))),
    close: () => agent.destroy(),
  };
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The request for a shell. Bodies that are no plain text travel as base64. */
export function curl(url: string, { method, path, headers, body }: Shot): string {
  const lines = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const text = body?.toString('utf8');
  const plain = text !== undefined && Buffer.from(text).equals(body ?? Buffer.of()) && !text.includes('\0');
  const data =
    body === undefined
      ? []
      : plain && text !== undefined
        ? [`--data-binary ${quoted(text.length > 3_000 ? `${text.slice(0, 3_000)}…` : text)}`]
        : ['--data-binary @-'];
  const before = plain || body === undefined ? '' : `echo ${body.toString('base64')} | base64 -d | `;
  return `${before}curl -i -g --path-as-is -X ${method} ${[...lines, ...data].join(' ')} ${quoted(url + path)}`;
}

import { createServer, connect, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ProcessSpec } from './spec.ts';
import type { StackState } from './state.ts';

/** One JSON line each way over a socket in TW_HOME, readable by its owner only. */
export type Request =
  | { op: 'state' }
  | { op: 'ensure'; spec: ProcessSpec }
  | { op: 'start'; name: string }
  | { op: 'stop'; name: string }
  | { op: 'remove'; name: string }
  | { op: 'shutdown' };

export type Reply = { ok: true; state: StackState } | { ok: false; error: string };

/**
 * Relative to the supervisor's working folder, which is TW_HOME: a socket's path may be 107 bytes long at most, and
 * TW_HOME may be deeper than that. Others reach it through `/proc/<pid>/cwd`.
 */
const SOCKET = 'control.sock';

export function listen(handle: (request: Request) => Promise<Reply>): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    void answer(socket, handle);
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(SOCKET, () => resolve(server));
  });
}

async function answer(socket: Socket, handle: (request: Request) => Promise<Reply>): Promise<void> {
  for await (const line of createInterface({ input: socket })) {
    const reply = await handle(JSON.parse(line) as Request).catch((error: unknown): Reply => ({
      ok: false,
      error: String(error),
    }));
    socket.end(`${JSON.stringify(reply)}\n`);
  }
}

/** Sends one request to the supervisor with this pid; rejects where it does not answer. */
export function ask(supervisorPid: number, request: Request): Promise<StackState> {
  return new Promise((resolve, reject) => {
    const socket = connect(`/proc/${supervisorPid}/cwd/${SOCKET}`);
    let text = '';
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (part: Buffer) => (text += part.toString()));
    socket.on('error', reject);
    socket.on('end', () => {
      if (text === '') return reject(new Error('the supervisor ended while it was asked'));
      const reply = JSON.parse(text) as Reply;
      if (reply.ok) resolve(reply.state);
      else reject(new Error(reply.error));
    });
  });
}

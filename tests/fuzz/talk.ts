import { WebSocket } from 'ws';
import { isPing } from './order-messages.ts';

/** Fewer than what a client may say at once, with the ping that follows each. */
const MESSAGES_EACH = 90;
const PATIENCE_MS = 20_000;
const PING = '{"type":"ping"}';
const PONG = '{"type":"pong"}';

export interface Reply {
  /** What was said until the answer to a ping that followed, that included. */
  readonly texts: readonly string[];
  /** Set where the connection was closed instead. */
  readonly close: number | undefined;
}

export interface Talk {
  ask(message: Buffer): Promise<Reply>;
  close(): void;
}

interface Line {
  readonly ws: WebSocket;
  asked: number;
}

/** Says messages over as many connections as there are askers at once; one that has said much is made anew. */
export function openTalk(url: string, token: string, connections: number): Talk {
  const idle: Line[] = [];
  const open = new Set<WebSocket>();

  async function connect(): Promise<Line> {
    const ws = new WebSocket(url, [`bearer.${token}`]);
    open.add(ws);
    await new Promise<void>((resolve, reject) => {
      ws.once('open', resolve);
      ws.once('error', reject);
    });
    ws.on('error', () => undefined);
    return { ws, asked: 0 };
  }

  function exchange({ ws }: Line, message: Buffer): Promise<Reply> {
    const texts: string[] = [];
    const pings = 1 + Number(isPing(message.toString()));
    return new Promise<Reply>((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`no answer to ${message.subarray(0, 2_000).toString('base64')}`));
      }, PATIENCE_MS);
      function answered(close?: number): void {
        clearTimeout(late);
        ws.removeAllListeners('message').removeAllListeners('close');
        resolve({ texts, close });
      }
      ws.on('message', (data: Buffer) => {
        texts.push(data.toString());
        if (texts.filter((text) => text === PONG).length === pings) answered();
      });
      ws.once('close', answered);
      ws.send(message, { binary: false });
      ws.send(PING);
    });
  }
  return {
    async ask(message) {
      const line = idle.pop() ?? (await connect());
      const reply = await exchange(line, message);
      line.asked++;
      if (reply.close === undefined && line.asked < MESSAGES_EACH && idle.length < connections)
        idle.push(line);
      else {
        line.ws.terminate();
        open.delete(line.ws);
      }
      return reply;
    },
    close: () => open.forEach((ws) => ws.terminate()),
  };
}

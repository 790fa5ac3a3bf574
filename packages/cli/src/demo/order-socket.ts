import { WebSocket } from 'ws';

interface Frame {
  readonly type: string;
  readonly orderId?: string;
  readonly status?: string;
}

/** A WebSocket client of one's own orders. */
export interface OrderSocket {
  readonly frames: readonly Frame[];
  close(): void;
}

export async function openOrderSocket(gateway: string, token: string): Promise<OrderSocket> {
  const socket = new WebSocket(`${gateway.replace(/^http/, 'ws')}/ws/orders`, [`bearer.${token}`]);
  const frames: Frame[] = [];
  socket.on('message', (data: Buffer) => void frames.push(JSON.parse(data.toString()) as Frame));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.send(JSON.stringify({ type: 'subscribe', channel: 'me' }));
  return { frames, close: () => socket.close() };
}

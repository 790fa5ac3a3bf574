const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * One's own orders over the WebSocket. The token goes as a subprotocol: browsers cannot set headers, and a URL is logged.
 * @typedef {{ orderId: string, status: string, version: number, occurredAt: string }} OrderStatus
 * @param {{ token: string, signal: AbortSignal, onStatus: (status: OrderStatus) => void, onState: (open: boolean) => void,
 *   onError: (code: string) => void }} options
 */
export function watchOrders({ token, signal, onStatus, onState, onError }) {
  let pause = FIRST_PAUSE_MS;

  function open() {
    if (signal.aborted) return;
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws/orders`, [`bearer.${token}`]);
    const close = () => socket.close();
    signal.addEventListener('abort', close, { once: true });
    socket.addEventListener('open', () => {
      pause = FIRST_PAUSE_MS;
      socket.send(JSON.stringify({ type: 'subscribe', channel: 'me' }));
      onState(true);
    });
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'order.status') onStatus(message);
      if (message.type === 'error') onError(message.code);
    });
    // A new subscription begins with the current status, so nothing is missed meanwhile.
    socket.addEventListener('close', () => {
      signal.removeEventListener('abort', close);
      onState(false);
      setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    });
  }
  open();
}

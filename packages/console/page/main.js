import { call, claimsOf } from './api.js';
import { listen } from './event-stream.js';
import { watchOrders } from './orders-socket.js';
import { at, button, element, lamp, list, say } from './view.js';

const input = /** @type {HTMLInputElement} */ (at('token'));
const [mine, orders, sales, products] = [list('mine'), list('orders'), list('sales'), list('products')];
let token = sessionStorage.getItem('token') ?? '';
let session = new AbortController();

const time = (/** @type {string} */ text) => new Date(text).toLocaleTimeString();
const status = (/** @type {string} */ text) => element('strong', [text], text);
const short = (/** @type {string} */ id) => element('code', [id]);

/** @param {import('./orders-socket.js').OrderStatus} change */
function showMine(change) {
  const pay = () => call(token, 'POST', `/api/v1/orders/${change.orderId}/pay`, {});
  const cancel = () => call(token, 'POST', `/api/v1/orders/${change.orderId}/cancel`, {});
  const acts = change.status === 'PENDING' ? [button('Pay', pay), button('Cancel', cancel)] : [];
  mine.put(change.orderId, [short(change.orderId), ...acts, status(change.status)]);
}

/** @param {Record<string, unknown>} numbers */
function showMetrics(numbers) {
  const shown = Object.entries(numbers).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([part, inner]) => [`${words(name)} ${part}`, inner])
      : [[words(name), value]],
  );
  const tiles = shown.map(([name, value]) => {
    const text = typeof value === 'string' && /^\d{4}-.*T/.test(value) ? time(value) : String(value);
    return element('div', [element('dt', [String(name)]), element('dd', [text])]);
  });
  at('metrics').replaceChildren(...tiles);
}

const words = (/** @type {string} */ name) => name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();

/** @param {{ productId: string, name: string, price: string, currency: string }[]} items */
function showProducts(items) {
  products.clear();
  for (const { productId, name, price, currency } of items) {
    const order = () => call(token, 'POST', '/api/v1/orders', { items: [{ productId, qty: 1 }] });
    products.put(productId, [
      name,
      element('span', [`${price} ${currency}`], 'soft'),
      button('Order', order),
    ]);
  }
}

/** @param {string} store */
function watchSales(store, /** @type {AbortSignal} */ signal) {
  const source = new EventSource(`/sse/flash-sales?store=${encodeURIComponent(store)}`);
  signal.addEventListener('abort', () => source.close());
  const light = lamp('sales-light');
  source.addEventListener('open', () => light(true));
  source.addEventListener('error', () => light(false));
  for (const kind of ['started', 'ended']) {
    source.addEventListener(`flash-sale.${kind}`, (event) => {
      const sale = JSON.parse(/** @type {MessageEvent} */ (event).data);
      sales.put(sale.saleId, [sale.name ?? sale.saleId, element('strong', [kind], kind)]);
    });
  }
}

/** Everything anew, as whoever the token names. */
function begin() {
  session.abort();
  session = new AbortController();
  const { signal } = session;
  const { sub, roles = [], storeId = 'STORE-1' } = claimsOf(token);
  at('who').textContent = sub ? `${sub} · ${roles.join(', ')} · ${storeId}` : '';
  for (const each of [mine, orders, sales]) each.clear();
  say('');
  call(token, 'GET', '/api/v1/products?limit=20').then(
    (page) => showProducts(page.items),
    (error) => say(error.message),
  );
  watchSales(storeId, signal);
  if (!token) return;
  watchOrders({ token, signal, onStatus: showMine, onState: lamp('socket-light'), onError: say });
  if (!roles.includes('ADMIN')) return;
  const refused = (/** @type {Error} */ error) => say(error.message);
  listen('/sse/metrics', {
    ...{ token, signal, onState: lamp('metrics-light') },
    onEvent: ({ data }) => showMetrics(JSON.parse(data)),
  }).catch(refused);
  listen('/sse/orders', {
    ...{ token, signal, onState: lamp('orders-light') },
    onEvent({ data }) {
      const change = JSON.parse(data);
      if (change.orderId)
        orders.put(change.orderId, [
          short(change.orderId),
          element('span', [time(change.occurredAt)], 'soft'),
          status(change.status),
        ]);
    },
  }).catch(refused);
}

at('login').addEventListener('submit', (event) => {
  event.preventDefault();
  token = input.value.trim();
  input.value = '';
  sessionStorage.setItem('token', token);
  begin();
});
begin();

import type { Benchmark } from '#bench/benchmark.ts';
import { closedLoop } from '#bench/closed-loop.ts';
import { httpClient } from '#bench/http-client.ts';
import { openShop } from '#bench/shop.ts';

const CLIENTS = 32;
const PRODUCTS = 200;
/** A cart is given up for a new one when it holds so many lines. */
const LINES = 10;

export const cart: Benchmark = {
  name: 'cart',
  what: `POST /carts/{id}/items, a cart per client, up to ${LINES} lines of ${PRODUCTS} products, ${CLIENTS} clients in a closed loop`,
  unit: 'add',
  target: 'no figure is asked for; the answer holds resolved prices',
  async prepare(stage) {
    const shop = await openShop(stage, { clients: CLIENTS, products: PRODUCTS });
    const http = httpClient(stage.endpoints.services['cart']!, CLIENTS);
    const carts: { cartId: string; added: number }[] = [];
    const newCart = async (client: number) => {
      const made = await http.send('POST', '/api/v1/carts', shop.headers(client), {});
      if (made.status !== 201) throw new Error(`POST /carts answered ${made.status}`);
      return { cartId: (made.body as { cartId: string }).cartId, added: 0 };
    };
    return {
      async run(seconds) {
        return closedLoop(CLIENTS, seconds, async (client) => {
          let mine = carts[client];
          if (!mine || mine.added === LINES) carts[client] = mine = await newCart(client);
          const productId = shop.productIds[(client * 7 + mine.added) % PRODUCTS]!;
          const path = `/api/v1/carts/${mine.cartId}/items`;
          const answer = await http.send('POST', path, shop.headers(client), { productId, qty: 1 });
          const { priceStatus } = answer.body as { priceStatus?: string };
          if (answer.status !== 200 || priceStatus !== 'CURRENT')
            throw new Error(`POST /items answered ${answer.status} ${JSON.stringify(answer.body)}`);
          mine.added++;
          return true;
        });
      },
      async check() {
        for (const [client, mine] of carts.entries()) {
          const read = await http.send('GET', `/api/v1/carts/${mine.cartId}`, shop.headers(client));
          const { items } = read.body as { items: { qty: number }[] };
          const pieces = items.reduce((sum, { qty }) => sum + qty, 0);
          if (pieces !== mine.added)
            throw new Error(`cart ${mine.cartId} holds ${pieces} pieces of ${mine.added} that were added`);
        }
        return `${carts.length} carts hold every piece that was added to them`;
      },
      close: () => Promise.all([http.close(), shop.http.close()]).then(() => undefined),
    };
  },
};

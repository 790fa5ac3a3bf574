import { text } from 'node:stream/consumers';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { z } from 'zod';
import type { Config } from '#config.ts';
import { standOrders } from './stand-orders.ts';
import { historyWish } from './wish.ts';

/** For `tw bench history`: lets orders stand in this service's tables, by its own code. Prints how many, and how long it took. */
export async function measure(config: Config, input: NodeJS.ReadableStream): Promise<number> {
  const given = historyWish.safeParse(JSON.parse(await text(input)));
  if (!given.success) {
    process.stderr.write(`${z.prettifyError(given.error)}\n`);
    return 2;
  }
  const started = performance.now();
  try {
    await standOrders(config, given.data);
  } catch (error) {
    const code = isDomainError(error) ? `${error.code}: ` : '';
    process.stderr.write(`${code}${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  const seconds = (performance.now() - started) / 1_000;
  process.stdout.write(`${JSON.stringify({ orders: given.data.customers.length, seconds })}\n`);
  return 0;
}

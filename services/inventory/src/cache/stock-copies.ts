import type { AnyEvent } from '@tradewind/contracts/event.ts';
import type { Copy, CopyUpdates } from '@tradewind/cache/versioned-copies.ts';
import type { Message } from '@tradewind/messaging/broker.ts';
import type { PublishedEvent } from '#stock/events.ts';
import { levelsAfter, type ProductLevels } from '#stock/levels.ts';
import { levelsIn } from '#stock-levels/available.ts';

type Decode = (value: Buffer) => AnyEvent | Promise<AnyEvent>;

/**
 * Sets `inventory:{productId}` from stock events, for products that somebody has read: events say how a row stands, so
 * nobody asks the tables again however often it changes. Where an event is missing the copy goes.
 */
export const setStockCopies =
  (copies: CopyUpdates, decode: Decode) =>
  async (batch: readonly Message[]): Promise<void> => {
    const byProduct = Map.groupBy(batch, ({ key }) => key);
    const ids = [...byProduct.keys()];
    const known = await copies.peek(ids);
    const next = new Map<string, Copy>();
    const broken = new Map<string, number>();
    for (const [at, id] of ids.entries()) {
      const copy = known[at];
      const messages = byProduct.get(id) ?? [];
      if (!copy) {
        // Somebody may be reading the tables just then.
        broken.set(id, Math.max(...messages.map(versionOf)));
        continue;
      }
      const mine = messages.filter(({ headers }) => headers['storeId'] === copy.storeId);
      const levels = await fold(levelsIn(copy.text), mine, decode);
      if (levels) next.set(id, { ...copy, version: levels.version, text: JSON.stringify(levels) });
      else broken.set(id, Math.max(...mine.map(versionOf)));
    }
    await copies.update(next);
    await copies.invalidate(broken);
  };

const versionOf = ({ headers }: Message): number =>
  Number(headers['aggregateVersion'] ?? Number.MAX_SAFE_INTEGER);

async function fold(
  levels: ProductLevels,
  messages: readonly Message[],
  decode: Decode,
): Promise<ProductLevels | undefined> {
  let after: ProductLevels | undefined = levels;
  for (const message of messages) {
    const version = versionOf(message);
    if (!after || version <= after.version) continue;
    after = levelsAfter(after, version, await payloadIn(message.value, decode));
  }
  return after;
}

/** Undefined where it can't be read: the copy goes, instead of waiting for the registry. */
async function payloadIn(value: Buffer, decode: Decode): Promise<PublishedEvent['payload'] | undefined> {
  try {
    return (await decode(value)).payload as PublishedEvent['payload'];
  } catch {
    return undefined;
  }
}

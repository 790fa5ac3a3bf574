import { isDomainError } from '@tradewind/kernel/errors.ts';
import type { DeviceReading } from '@tradewind/contracts/device-reading.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { Outcome } from '@tradewind/postgres/group-commit.ts';
import { adjustStock } from '#adjust-stock/decide.ts';
import type { StockBatch } from '#stock-batch.ts';
import type { StockCommand } from '#store.ts';

/** Refusals of the stock that time may lift, by the cause that they are shown as. */
const causes: Readonly<Record<string, string>> = {
  NEGATIVE_STOCK: 'NEGATIVE_STOCK',
  STOCK_LIMIT: 'STOCK_LIMIT',
  STOCK_NOT_FOUND: 'UNKNOWN_SKU',
};

export interface ReadingToApply {
  readonly readingId: string;
  readonly reading: DeviceReading;
  readonly location: string;
  readonly context: CommandContext;
}

/** Applies one reading to a batch that is open; answers why the stock cannot take it, which changes nothing of it. */
export function applyReading(batch: StockBatch, one: ReadingToApply): string | undefined {
  const outcome: Outcome<unknown> = batch.carryOut(commandOf(one), { context: one.context }, () => false);
  if (outcome.ok) return undefined;
  const cause = isDomainError(outcome.error) ? causes[outcome.error.code] : undefined;
  if (cause === undefined) throw outcome.error;
  return cause;
}

function commandOf({ readingId, reading, location }: ReadingToApply): StockCommand<void> {
  const { sku, delta, reason, deviceId, seq } = reading;
  const cause = {
    ...{ adjustmentId: readingId, reason },
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(seq === undefined ? {} : { seq }),
  };
  return {
    touches: { skus: [sku], locations: [location] },
    decide: (stock) =>
      adjustStock(stock, { storeId: location, sku, delta, expectedVersion: undefined, cause }),
    reply: () => undefined,
  };
}

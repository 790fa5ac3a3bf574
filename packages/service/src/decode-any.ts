import { createCdcDecoder } from '@tradewind/contracts/cdc.ts';
import type { SchemaRegistry } from '@tradewind/contracts/registry.ts';
import { capturedEvent } from '@tradewind/outbox/captured-row.ts';
import type { ProjectorOptions } from '@tradewind/outbox/projector.ts';

/** Decodes what projections read: events, and rows of change data capture as events. */
export function decodeAny(
  schemas: Pick<SchemaRegistry, 'decode'>,
  registryUrl: string,
): ProjectorOptions['decode'] {
  const changes = createCdcDecoder({ url: registryUrl });
  return (value, topic) => {
    if (!topic.startsWith('cdc.')) return schemas.decode(value);
    const change = changes.decode(value);
    if (change instanceof Promise) return change.then(capturedEvent);
    return change && capturedEvent(change);
  };
}

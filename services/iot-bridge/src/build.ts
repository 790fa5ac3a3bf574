import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import type { Component, Foundation } from '@tradewind/service/start.ts';
import type { Config } from '#config.ts';
import { registerCreateItem } from '#create-item/http.ts';
import { registerReadItem } from '#read-item/http.ts';
import { itemStore } from '#store.ts';

/** The service, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const service = await openEventService('iot-bridge', config, foundation);
  const { app, db } = service;
  const items = itemStore(db);

  registerCreateItem(app, items);
  registerReadItem(app, items);

  return eventServiceComponents('iot-bridge', config, foundation, service, { deps: {} });
}

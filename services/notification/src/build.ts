import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import type { Component, Foundation } from '@tradewind/service/start.ts';
import type { Config } from '#config.ts';

/** The service, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const service = await openEventService('notification', config, foundation);

  return eventServiceComponents('notification', config, foundation, service, {
    deps: {},
    components: [],
  });
}

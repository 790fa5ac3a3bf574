import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import type { Component, Foundation } from '@tradewind/service/start.ts';
import type { Config } from '#config.ts';
import { projections } from '#projections.ts';
import { push } from '#push/build-push.ts';

/** The service, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const service = await openEventService('notification', config, foundation);
  const pushed = await push(service, config, foundation);

  return eventServiceComponents('notification', config, foundation, service, {
    reactions: [...pushed.reactions],
    deps: {},
    projections,
    checks: [...pushed.checks],
    components: [...pushed.components],
  });
}

import type { Say } from '@tradewind/native/launch.ts';
import { apply, openCapture } from '#cdc/capture.ts';
import { declaredConnectors } from '#cdc/connectors.ts';
import { openSlots } from '#cdc/slots.ts';
import { superuserUrl, type Stack } from '#environment.ts';
import { ensureCaptureRoles } from './capture-roles.ts';
import { dataPlatform } from './endpoints.ts';

/** Roles and connectors of change data capture, each streaming. Answers what was done, in words. */
export async function ensureCapture(stack: Stack, say: Say): Promise<string> {
  const connectors = await declaredConnectors();
  await ensureCaptureRoles(stack, connectors);
  const capture = await openCapture(dataPlatform(stack).connect, superuserUrl(stack));
  try {
    const done = await Promise.all(
      connectors.map(async (connector) => {
        const what = await apply(capture, connector);
        say(`${connector.name}: ${what}`);
        return `${connector.name} ${what}`;
      }),
    );
    return done.join(', ');
  } finally {
    await capture.slots.close();
  }
}

/** Slots that nobody reads from any more would keep PostgreSQL's log on the disk. */
export async function releaseSlots(stack: Stack): Promise<void> {
  const slots = await openSlots(superuserUrl(stack));
  try {
    const known = await slots.all();
    for (const { slot } of await declaredConnectors()) if (known.has(slot)) await slots.drop(slot);
  } finally {
    await slots.close();
  }
}

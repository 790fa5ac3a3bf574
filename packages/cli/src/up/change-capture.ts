import type { Say } from '@tradewind/native/launch.ts';
import { apply, openCapture } from '#cdc/capture.ts';
import { declaredConnectors } from '#cdc/connectors.ts';
import { openSlots } from '#cdc/slots.ts';
import { superuserUrl, type Stack } from '#environment.ts';
import { ensureCaptureRoles } from './capture-roles.ts';
import { dataPlatform } from './endpoints.ts';

export interface ApplyOptions {
  readonly connectUrl: string;
  /** Of a role that may see and drop replication slots. */
  readonly adminUrl: string;
  /** Whose roles are to be made; undefined where others make them. */
  readonly roles: Stack | undefined;
  readonly say?: Say;
}

/** Brings each declared connector to streaming. Answers what was done, in words. */
export async function applyAll({ connectUrl, adminUrl, roles, say }: ApplyOptions): Promise<string> {
  const connectors = await declaredConnectors();
  if (roles !== undefined) await ensureCaptureRoles(roles, connectors);
  const capture = await openCapture(connectUrl, adminUrl);
  try {
    const done = connectors.map(async (connector) => {
      const what = `${connector.name} ${await apply(capture, connector)}`;
      say?.(what);
      return what;
    });
    return (await Promise.all(done)).join(', ');
  } finally {
    await capture.slots.close();
  }
}

export const ensureCapture = (stack: Stack, say: Say): Promise<string> =>
  applyAll({ connectUrl: dataPlatform(stack).connect, adminUrl: superuserUrl(stack), roles: stack, say });

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

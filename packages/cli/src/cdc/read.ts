import { SetupError } from '@tradewind/native/run.ts';
import { readEndpoints } from '#up/endpoints.ts';
import { observe, openCapture, type Capture } from './capture.ts';
import { declaredConnectors } from './connectors.ts';
import { captureRow, type CaptureRow } from './show.ts';

/** Every declared connector of the running stack. */
export async function captureRows(capture: Capture): Promise<CaptureRow[]> {
  const connectors = await declaredConnectors();
  return Promise.all(
    connectors.map(async (connector) => captureRow(connector, await observe(capture, connector))),
  );
}

/** @throws SetupError where no stack of profile full runs in this TW_HOME */
export async function withCapture<T>(home: string, work: (capture: Capture) => Promise<T>): Promise<T> {
  const endpoints = await readEndpoints(home);
  if (endpoints?.connect === undefined)
    throw new SetupError('change capture is part of profile full', './tw up --profile full');
  const capture = await openCapture(endpoints.connect, endpoints.postgres.url);
  try {
    return await work(capture);
  } finally {
    await capture.slots.close();
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@tradewind/kernel/ids.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { startProcess } from '@tradewind/testing/service-process.ts';
import type { Carrier, CarrierCode, Outcome, ShipmentOrder } from './carrier.ts';
import { connectCarriers } from './carriers.ts';
import { carrierSettings, type CarrierSettings } from './settings.ts';
import { z } from 'zod';

const account = { clientId: 'shop', secret: 'word', callbackSecret: 'signing-word' };
const accounts = { fedex: account, ups: account, dhl: account };

export const names = { FEDEX: 'fedex', UPS: 'ups', DHL: 'dhl' } as const;

export const settingsFor = (url: string, changes: Partial<CarrierSettings> = {}): CarrierSettings => ({
  ...z.object(carrierSettings).parse({}),
  CARRIER_URLS: { fedex: `${url}/fedex`, ups: `${url}/ups`, dhl: `${url}/dhl` },
  CARRIER_CREDENTIALS: accounts,
  CARRIER_CALL_TIMEOUT_MS: 600,
  CARRIER_BREAKER_HALF_OPEN_MS: 200,
  ...changes,
});

const to = { name: 'A. Shopper', line1: '1 Harbour & Sons Street', city: 'Lisbon', postalCode: '1100-001' };
export const parcel = { to: { ...to, country: 'PT' }, weightGrams: 1_250 };

export const shipment = (changes: Partial<ShipmentOrder> & { code: CarrierCode }): ShipmentOrder => ({
  shipmentId: newId(),
  parcel,
  service: { FEDEX: 'FEDEX_GROUND', UPS: '03', DHL: 'P' }[changes.code],
  ...changes,
});

/** The value of an outcome that must be DONE. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'DONE') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

export interface SoldLabel {
  readonly trackingNumber: string;
  readonly canceledAt: string | null;
}

/** The real simulator in a process of its own, and a receiver of its callbacks. */
export async function startCarriers() {
  const folder = await mkdtemp(join(tmpdir(), 'carriers-'));
  const PORT = String(await freePort());
  const start = () =>
    startProcess('../infra/simulators/carriers', {
      PORT,
      STATE_FILE: join(folder, 'book'),
      CARRIER_CREDENTIALS: JSON.stringify(accounts),
    });
  let process = await start();
  const { url } = process;
  const control = httpClient(url);
  const received: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer }[] =
    [];
  const receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const opened: { close(): Promise<void> }[] = [];

  return {
    url,
    received,
    callbackUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/callbacks`,
    /** Fresh clients, so that no test begins with another's breaker. */
    client(code: CarrierCode, changes: Partial<CarrierSettings> = {}): Carrier {
      const carriers = connectCarriers(settingsFor(url, changes));
      opened.push(carriers);
      const carrier = carriers.get(code);
      if (!carrier) throw new Error(`${code} is not offered`);
      return carrier;
    },
    async knobs(knobs: object): Promise<void> {
      const { status, body } = await control.put('/_control/knobs', knobs);
      if (status !== 200) throw new Error(JSON.stringify(body));
    },
    reset: () => control.delete('/_control/knobs'),
    endTokens: () => control.delete('/_control/tokens'),
    deliver: (code: CarrierCode, trackingNumber: string) =>
      control.post('/_control/deliver', { carrier: names[code], trackingNumber }),
    async labels(shipmentId: string): Promise<readonly SoldLabel[]> {
      const { body } = await control.get<{ labels: SoldLabel[] }>(`/_control/labels?reference=${shipmentId}`);
      return body.labels;
    },
    /** `BUY OK`, `FIND NOT_FOUND`, … of one shipment. */
    async calls(shipmentId: string): Promise<string[]> {
      const { body } = await control.get<{ calls: { operation: string; outcome: string }[] }>(
        `/_control/calls?reference=${shipmentId}`,
      );
      return body.calls.map(({ operation, outcome }) => `${operation} ${outcome}`);
    },
    async restart(): Promise<void> {
      await process.stop('SIGKILL');
      process = await start();
    },
    async stop(): Promise<void> {
      await Promise.all(opened.map((carriers) => carriers.close()));
      await process.stop();
      receiver.closeAllConnections();
      receiver.close();
      await rm(folder, { recursive: true });
    },
  };
}

export type CarriersWorld = Awaited<ReturnType<typeof startCarriers>>;

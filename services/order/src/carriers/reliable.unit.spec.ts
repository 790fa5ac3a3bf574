import { describe, expect, it } from 'vitest';
import { done, refused } from './answers.ts';
import type { Answer, Label } from './carrier.ts';
import { CarrierFailure, type FailureCode } from './failure.ts';
import { reliable } from './reliable.ts';
import type { CarrierWire } from './wire.ts';

const label: Label = {
  ...{ trackingNumber: '7', service: 'GROUND', labelUrl: 'http://carrier/7' },
  price: { minor: 900n, currency: 'USD' },
};
const parcel = {
  to: { name: '', line1: '', city: '', postalCode: '', country: 'US' },
  weightGrams: 500,
};

type Line<T> = FailureCode | Answer<T>;
interface Script {
  readonly buys?: readonly Line<Label>[];
  readonly finds?: readonly Line<Label | null>[];
  readonly cancels?: readonly Line<null>[];
}

/** A carrier that plays its scripts; the last line is said again and again. */
function setUp({ buys = [], finds = [], cancels = [] }: Script) {
  const calls: string[] = [];
  const player = <T>(lines: readonly Line<T>[], name: string) => {
    let next = 0;
    return async (): Promise<Answer<T>> => {
      calls.push(name);
      const line = lines[Math.min(next++, lines.length - 1)];
      if (line === undefined) throw new Error(`${name} was not to be called`);
      if (typeof line === 'string') throw new CarrierFailure(line, 'played');
      return line;
    };
  };
  const wire: CarrierWire = {
    code: 'UPS',
    quote: async () => refused('INVALID_REQUEST', ''),
    track: async () => done([]),
    buyLabel: player(buys, 'buy'),
    findLabel: player(finds, 'find'),
    cancelLabel: player(cancels, 'cancel'),
    readCallback: () => ({ trackingNumber: '7', events: [] }),
    close: async () => undefined,
  };
  const options = {
    callTimeoutMs: 1_000,
    retryDelayMs: 1,
    halfOpenAfterMs: 60_000,
    callbackSecret: 'x',
    now: () => 0,
  };
  const carrier = reliable(wire, options);
  const buy = (withinMs = 5_000) =>
    carrier.buyLabel({ shipmentId: 's1', parcel, service: 'GROUND' }, { withinMs });
  return { carrier, calls, buy };
}

describe('buying a label', () => {
  it('asks for the shipment before it buys again, where it may have been bought', async () => {
    const { buy, calls } = setUp({ buys: ['TIMEOUT'], finds: [done(label)] });
    expect(await buy()).toEqual(done(label));
    expect(calls).toEqual(['buy', 'find']);
  });

  it('buys again at once where certainly nothing was bought', async () => {
    const { buy, calls } = setUp({ buys: ['UNREACHABLE', done(label)] });
    expect(await buy()).toEqual(done(label));
    expect(calls).toEqual(['buy', 'buy']);
  });

  it('stays unknown once it may have been bought, even if the carrier has not seen it', async () => {
    const { buy, calls } = setUp({ buys: ['BROKEN', 'UNREACHABLE'], finds: [done(null)] });
    expect(await buy()).toMatchObject({ kind: 'UNKNOWN' });
    expect(calls).toEqual(['buy', 'find', 'buy', 'find', 'buy']);
  });

  it.each([
    [['UNREACHABLE'], 'UNAVAILABLE', 3],
    [['AWAY'], 'UNAVAILABLE', 3],
    [['DENIED'], 'UNAVAILABLE', 1],
    [[refused('ADDRESS_UNDELIVERABLE', 'x')], 'REFUSED', 1],
  ] as const)('%j is %s after %i tries', async (buys, kind, tries) => {
    const { buy, calls } = setUp({ buys });
    expect(await buy()).toMatchObject({ kind });
    expect(calls).toHaveLength(tries);
  });

  it('is not begun without time', async () => {
    const { buy, calls } = setUp({ buys: [done(label)] });
    expect(await buy(0)).toMatchObject({ kind: 'UNAVAILABLE' });
    expect(calls).toEqual([]);
  });
});

describe('any other call', () => {
  it('is unknown where one of its tries may have been carried out', async () => {
    const { carrier } = setUp({ cancels: ['TIMEOUT', 'UNREACHABLE'] });
    expect(await carrier.cancelLabel('7')).toMatchObject({ kind: 'UNKNOWN' });
  });

  it('is not made while the breaker is open', async () => {
    const { carrier, calls } = setUp({ cancels: ['FAULT'] });
    for (const _ of [1, 2]) await carrier.cancelLabel('7');
    expect(carrier.breakerOpen).toBe(true);
    const before = calls.length;
    expect(await carrier.cancelLabel('7')).toMatchObject({ kind: 'UNAVAILABLE' });
    expect(calls).toHaveLength(before);
  });
});

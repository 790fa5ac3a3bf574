import { describe, expect, it } from 'vitest';
import type { Breaker } from './breaker.ts';
import { type CarryOutOptions, createGateway } from './carry-out.ts';
import { type Answer, type Channel, GatewayFailure } from './channel.ts';

const captured: Answer = { status: 'CAPTURED', transactionId: 't1', code: '00' };
const unseen: Answer = { status: 'UNKNOWN', transactionId: null, code: null };
const timeout = new GatewayFailure('TIMEOUT', 'no answer');
const unreachable = new GatewayFailure('UNREACHABLE', 'refused');
const away = new GatewayFailure('AWAY', 'down');

type Script = readonly (Answer | Error)[];

/** A channel that plays its scripts; the last line is said again and again. */
function channel(name: 'SOAP' | 'REST', sends: Script, queries: Script, calls: string[]): Channel {
  const player = (script: Script, action: string) => {
    let next = 0;
    return async (): Promise<Answer> => {
      calls.push(`${name} ${action}`);
      const line = script[Math.min(next++, script.length - 1)];
      if (!line || line instanceof Error) throw line ?? new Error('nothing was to be asked');
      return line;
    };
  };
  const send = player(sends, 'send');
  return { name, charge: send, refund: send, query: player(queries, 'query'), close: async () => undefined };
}

const closed: Breaker = { state: 'CLOSED', execute: (call) => call() };
const opened: Breaker = {
  state: 'OPEN',
  execute: () => Promise.reject(new GatewayFailure('BREAKER_OPEN', 'open')),
};

async function carryOut(
  scripts: { soap?: [Script, Script]; rest?: [Script, Script] },
  options: Partial<CarryOutOptions> & { breaker?: Breaker } = {},
) {
  const calls: string[] = [];
  const { breaker = closed, ...rest } = options;
  const gateway = createGateway({
    soap: channel('SOAP', ...(scripts.soap ?? [[], []]), calls),
    rest: channel('REST', ...(scripts.rest ?? [[], []]), calls),
    ...{ breaker, callTimeoutMs: 1_000, onTry: () => undefined },
  });
  const request = { key: 'k1', orderId: 'o1', amount: '1.00', currency: 'USD', token: null };
  const operation = { key: 'k1', send: (to: Channel, signal: AbortSignal) => to.charge(request, signal) };
  const result = await gateway(operation, { maybeDone: false, maySend: true, until: Infinity, ...rest });
  return { result, calls };
}

describe('carrying out an operation', () => {
  it('sends it once where that is answered', async () => {
    const { result, calls } = await carryOut({ soap: [[captured], []] });
    expect(result).toMatchObject({ kind: 'answered', answer: captured, channel: 'SOAP' });
    expect(calls).toEqual(['SOAP send']);
  });

  it('asks after a timeout and does not send again what was done', async () => {
    const { result, calls } = await carryOut({ soap: [[timeout], [captured]] });
    expect(result).toMatchObject({ kind: 'answered', answer: captured });
    expect(calls).toEqual(['SOAP send', 'SOAP query']);
  });

  it('sends again what the gateway never saw', async () => {
    const { result, calls } = await carryOut({ soap: [[timeout, captured], [unseen]] });
    expect(result.kind).toBe('answered');
    expect(calls).toEqual(['SOAP send', 'SOAP query', 'SOAP send']);
  });

  it('gives SOAP five attempts, then asks the REST twin before sending there', async () => {
    const { result, calls } = await carryOut({ soap: [[timeout], [timeout]], rest: [[captured], [unseen]] });
    expect(result).toMatchObject({ kind: 'answered', channel: 'REST' });
    expect(calls).toEqual(['SOAP send', ...Array(4).fill('SOAP query'), 'REST query', 'REST send']);
  });

  it('sends to the REST twin at once where SOAP has certainly done nothing', async () => {
    const { result, calls } = await carryOut({ rest: [[captured], []] }, { breaker: opened });
    expect(result).toMatchObject({ kind: 'answered', channel: 'REST' });
    expect(calls).toEqual(['REST send']);
  });

  it.each([
    ['nothing could be sent', [unreachable], [away], 'not-sent'],
    ['SOAP may have done it', [timeout], [unreachable], 'unknown'],
    ['REST may have done it', [unreachable], [timeout], 'unknown'],
  ] as [string, Script, Script, string][])('tells that %s', async (_case, soap, rest, kind) => {
    const down = [unreachable];
    const { result } = await carryOut({ soap: [soap, down], rest: [rest, down] });
    expect(result).toMatchObject({ kind });
  });

  it('only asks where sending is not allowed', async () => {
    const { result, calls } = await carryOut(
      { soap: [[captured], [unseen]] },
      { maybeDone: true, maySend: false },
    );
    expect(result).toMatchObject({ kind: 'unknown', neverSeen: true });
    expect(calls).toEqual(['SOAP query']);
  });

  it('begins no call after its time', async () => {
    const { result, calls } = await carryOut({ soap: [[captured], []] }, { maybeDone: true, until: 0 });
    expect(result).toMatchObject({ kind: 'unknown', neverSeen: false });
    expect(calls).toEqual([]);
  });

  it('leaves a key that stands for something else to people', async () => {
    const mismatch: Answer = { status: 'REFUSED', transactionId: null, code: 'IDEMPOTENCY_MISMATCH' };
    expect((await carryOut({ soap: [[mismatch], []] })).result.kind).toBe('mismatch');
  });
});

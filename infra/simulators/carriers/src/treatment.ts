import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { Call, CallList } from '#calls.ts';
import { CarrierFault, type CarrierName } from '#carrier.ts';
import type { Board, CarrierKnobs, FaultKind, Operation } from '#knobs.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface TreatmentParts {
  readonly board: Board;
  readonly calls: CallList;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
}

/** Runs one call of a carrier's client under the knobs, and puts it on the list of calls. */
export type Treat = (
  reply: FastifyReply,
  operation: Operation,
  /** Fills in what the call is about. @throws CarrierFault */
  work: (call: Call) => Answer,
) => Promise<FastifyReply>;

export function createTreatment(
  carrier: CarrierName,
  { board, calls, random }: TreatmentParts,
  refusal: (fault: CarrierFault) => Answer,
): Treat {
  const happens = (often: boolean | number): boolean =>
    typeof often === 'number' ? random() < often : often;

  function outcome(call: Call, work: (call: Call) => Answer): Answer {
    try {
      const { down, refuse } = board.of(carrier);
      if (down === true) throw new CarrierFault('AWAY', 'the carrier is away');
      if (call.operation === 'BUY' && happens(refuse ?? false)) {
        throw new CarrierFault('UNDELIVERABLE', 'nobody goes there');
      }
      const answer = work(call);
      call.outcome = 'OK';
      return answer;
    } catch (error) {
      if (!(error instanceof CarrierFault)) throw error;
      call.outcome = error.code;
      return refusal(error);
    }
  }

  return async (reply, operation, work) => {
    const call = calls.begin(carrier, operation);
    const fault = board.takeFault(carrier, operation, happens);
    const latency = latencyOf(board.of(carrier), random);
    if (latency > 0) await pause(latency);
    if (fault && !fault.after) {
      call.outcome = fault.kind;
      return misbehave(reply, fault.kind, { status: 200, type: 'text/plain', body: '{"<' });
    }
    const answer = outcome(call, work);
    if (fault) return misbehave(reply, fault.kind, answer);
    return send(reply, answer);
  };
}

function send(reply: FastifyReply, { status, type, body }: Answer): FastifyReply {
  return reply.code(status).type(type).send(body);
}

function misbehave(reply: FastifyReply, kind: FaultKind, answer: Answer): FastifyReply | Promise<never> {
  const half = answer.body.slice(0, answer.body.length / 2);
  switch (kind) {
    case 'ERROR':
      return send(reply, { status: 500, type: 'text/html', body: '<html><h1>Internal error</h1></html>' });
    case 'HANG':
      return new Promise<never>(() => undefined);
    case 'BROKEN':
      return send(reply, { ...answer, body: half });
    case 'CUT': {
      const { raw } = reply.hijack();
      raw.writeHead(answer.status, {
        'content-type': answer.type,
        'content-length': Buffer.byteLength(answer.body),
      });
      raw.write(half, () => raw.destroy());
      return reply;
    }
    default:
      return kind satisfies never;
  }
}

function latencyOf({ latencyMs = 0 }: CarrierKnobs, random: () => number): number {
  if (typeof latencyMs === 'number') return latencyMs;
  return latencyMs.min + random() * Math.max(latencyMs.max - latencyMs.min, 0);
}

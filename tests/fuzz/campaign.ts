import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import type { KnownValues } from './known-values.ts';
import { isForClients, type Operation, operationAt } from './openapi.ts';
import { curl, type Reply, type Target } from './send.ts';
import type { Shot } from './shots.ts';
import type { Judge } from './verdict.ts';

const LANES = 8;
const SMALLER_WITHIN_MS = 10_000;
const LONGEST_WAIT_SECONDS = 5;

export interface Campaign {
  readonly target: Target;
  readonly operations: readonly Operation[];
  readonly shots: fc.Arbitrary<Shot>;
  readonly judge: Judge;
  readonly known: KnownValues;
  readonly seed: number;
  readonly requests: number;
}

export interface Outcome {
  readonly sent: number;
  /** How often each status was answered. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Operations that no request got to carry out. */
  readonly untouched: readonly string[];
  /** Each kind of fault once, as small as it could be made. */
  readonly findings: readonly string[];
}

/** Fires requests in lanes beside one another. A lane that finds a fault makes it smaller and goes on without it. */
export async function fire(campaign: Campaign): Promise<Outcome> {
  const { target, operations, judge, known, seed, requests } = campaign;
  const findings = new Map<string, string>();
  const statuses: Record<number, number> = {};
  const untouched = new Set(operations.filter(isForClients).map(nameOf));
  let sent = 0;

  async function fault(shot: Shot): Promise<{ readonly key: string; readonly text: string } | undefined> {
    const first = await ask(shot);
    // A deadline may pass on a busy machine; then what Retry-After promises must hold.
    const seconds = first.found?.kind === 'away' ? retryAfter(first.reply) : undefined;
    if (seconds !== undefined) await pause(seconds * 1_000);
    const { reply, found } = seconds === undefined ? first : await ask(shot);
    if (found === undefined) return undefined;
    const operation = operationAt(operations, shot.method, shot.path);
    const answer = reply instanceof Error ? '' : `${reply.status} ${reply.text.slice(0, 1_000)}`;
    const key = `${operation ? nameOf(operation) : `${shot.method} of no operation`}: ${found.kind}`;
    return {
      key,
      text: `${key}: ${found.detail}\n  as ${shot.caller.name}\n  ${curl(target.url, shot)}\n  → ${answer}`,
    };
  }
  async function ask(shot: Shot) {
    sent++;
    const reply = await target.send(shot);
    const found = reply instanceof Error ? { kind: 'no reply', detail: String(reply) } : lookAt(shot, reply);
    return { reply, found };
  }
  function lookAt(shot: Shot, reply: Reply) {
    statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
    const operation = operationAt(operations, shot.method, shot.path);
    if (operation && reply.status < 300) untouched.delete(nameOf(operation));
    if (reply.status < 300 && String(reply.headers['content-type']).startsWith('application/json'))
      known.learn(JSON.parse(reply.text || 'null'), shot.caller.name);
    return judge(shot, reply);
  }

  async function lane(n: number): Promise<void> {
    const last = Math.ceil((requests * (n + 1)) / LANES) - Math.ceil((requests * n) / LANES);
    for (let done = 0, round = 0; done < last; round++) {
      let smallest: { key: string; text: string } | undefined;
      let until = Infinity;
      const property = fc.asyncProperty(campaign.shots, async (shot) => {
        if (smallest === undefined) done++;
        else if (performance.now() > until) return true;
        const found = await fault(shot);
        if (found === undefined || findings.has(found.key)) return true;
        // Made smaller, it must stay the same fault.
        if (smallest !== undefined && smallest.key !== found.key) return true;
        until = smallest === undefined ? performance.now() + SMALLER_WITHIN_MS : until;
        smallest = found;
        return false;
      });
      const laneSeed = seed + n * 1_000_003 + round * 7919;
      await fc.check(property, { seed: laneSeed, numRuns: last - done });
      const found = smallest as { key: string; text: string } | undefined;
      if (found !== undefined && !findings.has(found.key))
        findings.set(found.key, `${found.text}\n  seed ${laneSeed}`);
    }
  }
  await Promise.all(Array.from({ length: LANES }, (_, n) => lane(n)));
  return { sent, statuses, untouched: [...untouched], findings: [...findings.values()] };
}

const nameOf = ({ method, template }: Operation): string => `${method} ${template}`;

/** Undefined where none is promised, or for longer than a run can wait. */
function retryAfter(reply: Reply | Error): number | undefined {
  const seconds = reply instanceof Error ? Number.NaN : Number(reply.headers['retry-after'] ?? Number.NaN);
  return seconds >= 0 && seconds <= LONGEST_WAIT_SECONDS ? seconds : undefined;
}

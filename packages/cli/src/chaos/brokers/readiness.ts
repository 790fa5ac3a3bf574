import { setTimeout as pause } from 'node:timers/promises';
import type { Broken } from '#chaos/checks.ts';
import type { Scene } from '#chaos/scene.ts';
import type { Outage } from './faults.ts';
import type { Server } from './fault-plan.ts';

interface Check {
  readonly ok: boolean;
  readonly detail?: unknown;
}

/** An answer of `/health/ready`. */
export interface Sample {
  readonly service: string;
  /** By performance.now(). */
  readonly at: number;
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, Check>>;
}

/** What a service has to say of itself while a server is away that it needs. */
interface Duty {
  readonly service: string;
  readonly server: Server;
  /** Latest by then, in ms. */
  readonly within: number;
  admits(sample: Sample): boolean;
}

const denies =
  (name: string) =>
  ({ checks }: Sample): boolean =>
    checks[name]?.ok === false;
/** Nobody can tell how far behind a consumer is while Kafka is away. */
const lagsUnknown =
  (name: string) =>
  ({ checks }: Sample): boolean =>
    Object.values((checks[name]?.detail ?? {}) as Record<string, { lag: number | null }>).some(
      ({ lag }) => lag === null,
    );
const unready = ({ ready }: Sample): boolean => !ready;

/** Kafka is asked for the lag every five seconds, and has one to answer. */
const LAG_MS = 6_500;

const DUTIES: readonly Duty[] = [
  { service: 'webhook-dispatcher', server: 'rabbitmq', within: 1_000, admits: denies('rabbitmq') },
  { service: 'notification', server: 'redis', within: 1_000, admits: denies('change stream') },
  { service: 'iot-bridge', server: 'mosquitto', within: 1_000, admits: unready },
  { service: 'iot-bridge', server: 'kafka', within: 4_000, admits: unready },
  { service: 'notification', server: 'kafka', within: LAG_MS, admits: lagsUnknown('consumers') },
  { service: 'webhook-dispatcher', server: 'kafka', within: LAG_MS, admits: lagsUnknown('intake') },
  { service: 'inventory', server: 'kafka', within: LAG_MS, admits: lagsUnknown('consumers') },
];

const WATCHED = [...new Set(DUTIES.map(({ service }) => service))];
const POLL_MS = 200;
const TIMEOUT_MS = 3_000;
const RECOVERED_MS = 60_000;
/** So few answers may all have been on their way when the server died. */
const FEWEST = 3;

export interface ReadinessWatch {
  readonly samples: readonly Sample[];
  /** Waits until every service is ready and misses nothing; answers what is not so when the time is over. */
  recovered(): Promise<Broken[]>;
  stop(): Promise<void>;
}

/** Asks the services again and again how they are; those that do not answer are dead or starting. */
export function watchReadiness({ endpoints }: Scene): ReadinessWatch {
  const samples: Sample[] = [];
  const last = new Map<string, Sample>();
  let stopped = false;

  async function watch(service: string): Promise<void> {
    for (; !stopped; await pause(POLL_MS)) {
      const sample = await ask(service, endpoints.services[service]!);
      if (sample === undefined) last.delete(service);
      else {
        samples.push(sample);
        last.set(service, sample);
      }
    }
  }

  const watches = WATCHED.map(watch);
  const ailing = (): Broken[] =>
    WATCHED.flatMap((service) => {
      const sample = last.get(service);
      const misses = DUTIES.filter((duty) => duty.service === service && (!sample || duty.admits(sample)));
      if (sample?.ready === true && misses.length === 0) return [];
      const what = `does not recover: ${sample ? JSON.stringify(sample.checks) : 'does not answer'}`;
      return [{ rule: 'readiness', subject: service, what }];
    });

  return {
    samples,
    async recovered() {
      for (const end = performance.now() + RECOVERED_MS; ; await pause(POLL_MS)) {
        const found = ailing();
        if (found.length === 0 || performance.now() > end) return found;
      }
    },
    async stop() {
      stopped = true;
      await Promise.all(watches);
    },
  };
}

async function ask(service: string, url: string): Promise<Sample | undefined> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { ready, checks } = (await response.json()) as Pick<Sample, 'ready' | 'checks'>;
    return { service, at: performance.now(), ready, checks };
  } catch {
    return undefined;
  }
}

export interface Judged {
  /** Outages that each service owned up to, by `<service> without <server>`. */
  readonly told: Readonly<Record<string, number>>;
  readonly violations: readonly Broken[];
}

/** Which outages services said something of. One that was over sooner, or that a service was dead in, tells nothing. Pure. */
export function judgeReadiness(outages: readonly Outage[], samples: readonly Sample[]): Judged {
  const told: Record<string, number> = {};
  const violations: Broken[] = [];
  for (const { service, server, within, admits } of DUTIES) {
    const name = `${service} without ${server}`;
    told[name] = 0;
    for (const { from, to } of outages.filter((outage) => outage.server === server)) {
      const during = samples.filter((one) => one.service === service && one.at > from && one.at <= to);
      if (during.some(admits)) told[name]++;
      else if (during.filter(({ at }) => at > from + within).length >= FEWEST) {
        const what = `says that all is well while ${server} is away for ${Math.round(to - from)} ms`;
        violations.push({ rule: 'readiness', subject: service, what });
      }
    }
  }
  return { told, violations };
}

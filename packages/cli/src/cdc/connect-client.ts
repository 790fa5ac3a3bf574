import { SetupError } from '@tradewind/native/run.ts';

export type State = 'RUNNING' | 'FAILED' | 'PAUSED' | 'STOPPED' | 'UNASSIGNED' | 'RESTARTING';

export interface ConnectorStatus {
  readonly connector: { readonly state: State; readonly trace?: string };
  readonly tasks: readonly { readonly id: number; readonly state: State; readonly trace?: string }[];
}

/** Where a connector stands in its source: for PostgreSQL places in its log, as numbers. */
export interface StoredOffset {
  readonly offset: Readonly<Record<string, unknown>>;
}

/** The parts of Kafka Connect's REST API that we need. */
export interface ConnectClient {
  /** Undefined where there is no such connector. */
  status(name: string): Promise<ConnectorStatus | undefined>;
  config(name: string): Promise<Record<string, string> | undefined>;
  /** Creates it, or changes it and restarts its task. */
  configure(name: string, config: Readonly<Record<string, string>>): Promise<void>;
  offsets(name: string): Promise<readonly StoredOffset[]>;
  /** Only of one that is STOPPED. */
  forgetOffsets(name: string): Promise<void>;
  /** Ends its task and keeps it so until `resume`. */
  stop(name: string): Promise<void>;
  resume(name: string): Promise<void>;
  restartFailed(name: string): Promise<void>;
}

const TIMEOUT_MS = 30_000;
/** While a worker joins its group it answers 409, and 404 or 500 for what it has not read yet. */
const TRIES = 20;
const PAUSE_MS = 500;

export function connectClient(url: string): ConnectClient {
  async function call(method: string, path: string, body?: object): Promise<unknown> {
    for (let tries = 1; ; tries++) {
      const response = await fetch(`${url}/connectors/${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      if (response.ok) return text === '' ? undefined : JSON.parse(text);
      if (response.status === 404 && method === 'GET') return undefined;
      if (response.status === 409 && tries < TRIES) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        continue;
      }
      throw new SetupError(`Kafka Connect: ${method} ${path}: ${response.status} ${messageOf(text)}`);
    }
  }

  return {
    status: async (name) => (await call('GET', `${name}/status`)) as ConnectorStatus | undefined,
    config: async (name) => {
      const found = (await call('GET', `${name}/config`)) as Record<string, string> | undefined;
      if (found === undefined) return undefined;
      const { name: _name, ...config } = found;
      return config;
    },
    configure: async (name, config) => void (await call('PUT', `${name}/config`, config)),
    offsets: async (name) =>
      ((await call('GET', `${name}/offsets`)) as { offsets: StoredOffset[] } | undefined)?.offsets ?? [],
    forgetOffsets: async (name) => void (await call('DELETE', `${name}/offsets`)),
    stop: async (name) => void (await call('PUT', `${name}/stop`)),
    resume: async (name) => void (await call('PUT', `${name}/resume`)),
    restartFailed: async (name) =>
      void (await call('POST', `${name}/restart?includeTasks=true&onlyFailed=true`)),
  };
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}

/** What a failed connector or task says, without its stack. Undefined while nothing has failed. Pure. */
export function failureOf({ connector, tasks }: ConnectorStatus): string | undefined {
  const failed = [connector, ...tasks].find(({ state }) => state === 'FAILED');
  if (failed === undefined) return undefined;
  const causes = (failed.trace ?? '')
    .split('\n')
    .filter((line, at) => at === 0 || line.startsWith('Caused by: '))
    .map((line) => line.replace(/^Caused by: /, '').replace(/^[\w.$]+(?:Exception|Error): /, ''));
  return causes.at(-1) || 'failed without a word';
}

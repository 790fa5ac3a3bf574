import type { Log } from '@tradewind/outbox/logger.ts';
import { connect } from './change-stream.ts';

/** Figures of a tenant as analytics tells them; shown as they come. */
export interface LiveFigures {
  readonly asOf: string;
  readonly [figure: string]: unknown;
}

export interface LiveDesk {
  /** What was told last; undefined where nothing was, or Redis is away. */
  of(storeId: string): Promise<LiveFigures | undefined>;
  /** Called when a tenant's figures have changed. */
  onNews(tell: (storeId: string) => void): void;
  stop(): Promise<void>;
}

/** Where services/analytics tells figures, and where the last ones stand. */
const CHANNEL = 'analytics:live';
const TIMEOUT_MS = 500;

/** Hears what the windows of analytics say, the moment they do. Without Redis dashboards do without these figures. */
export function liveDesk(url: string, log: Log): LiveDesk {
  const hearing = connect(url, { commandTimeout: TIMEOUT_MS, name: 'notification:live' }, log);
  const asking = connect(url, { commandTimeout: TIMEOUT_MS, name: 'notification:live-last' }, log);
  const last = new Map<string, LiveFigures>();
  let tell: (storeId: string) => void = () => undefined;

  function heard(text: string): string | undefined {
    const { storeId, ...figures } = JSON.parse(text) as LiveFigures & { storeId: string };
    // Two instances of analytics may overtake each other.
    if ((last.get(storeId)?.asOf ?? '') > figures.asOf) return undefined;
    last.set(storeId, figures);
    return storeId;
  }

  const attempt = (text: string): string | undefined => {
    try {
      return heard(text);
    } catch (error) {
      log.warn({ error: String(error) }, 'figures that cannot be read');
      return undefined;
    }
  };

  hearing.on('message', (_: string, text: string) => {
    const storeId = attempt(text);
    if (storeId !== undefined) tell(storeId);
  });
  // Once subscribed, the client subscribes again by itself after each reconnection.
  hearing.on('ready', () => {
    last.clear();
    hearing
      .subscribe(CHANNEL)
      .catch((error: unknown) => log.warn({ error: String(error) }, 'live figures are not heard'));
  });

  return {
    async of(storeId) {
      if (!last.has(storeId)) {
        const text = await asking.get(`${CHANNEL}:${storeId}`).catch(() => null);
        if (text !== null) attempt(text);
      }
      return last.get(storeId);
    },
    onNews(listener) {
      tell = listener;
    },
    async stop() {
      hearing.disconnect();
      asking.disconnect();
    },
  };
}

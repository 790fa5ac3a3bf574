import type { Log } from '@tradewind/outbox/logger.ts';
import { periodically, type Periodic } from '@tradewind/outbox/periodically.ts';
import type { ClientCounts } from './client-counts.ts';
import type { DashboardFigures, ReadDashboard } from './dashboard.ts';
import type { LiveDesk } from './live-figures.ts';
import { eventOf, type EventStream } from './sse/stream.ts';

/** The clients of `/sse/metrics` of this instance. */
export interface DashboardDesk extends Periodic {
  join(storeId: string, stream: EventStream): void;
}

interface Desk {
  readonly streams: Set<EventStream>;
  figures: (DashboardFigures & { readonly asOf: string }) | undefined;
  /** When the figures are due again, by performance.now(). */
  dueAt: number;
  /** One message after the other; news that come meanwhile are told by the next. */
  telling: boolean;
  news: boolean;
}

const EVERY_MS = 1_000;
/** Figures over many orders take their time; they may take up this part of one connection at most. */
const SHARE = 0.1;

/** A `metrics` event each second, and at once when windows change: the same text for all clients of a tenant. */
export function dashboardDesk(options: {
  readonly read: ReadDashboard;
  readonly counts: ClientCounts;
  readonly live: LiveDesk;
  readonly log: Log;
  onSent(clients: number): void;
}): DashboardDesk {
  const { read, counts, live, log, onSent } = options;
  const desks = new Map<string, Desk>();

  /** News of the windows do not wait for the other figures to be counted. */
  async function tell(storeId: string, desk: Desk, isNews = false): Promise<void> {
    const started = performance.now();
    if (!desk.figures || (!isNews && started >= desk.dueAt)) {
      desk.figures = { ...(await read(storeId)), asOf: new Date().toISOString() };
      desk.dueAt = started + (performance.now() - started) / SHARE;
    }
    const [clients, figures] = await Promise.all([counts.of(storeId), live.of(storeId)]);
    const data = JSON.stringify({ storeId, ...desk.figures, clients, live: figures ?? null });
    const text = eventOf('metrics', data);
    for (const stream of desk.streams) stream.send(text);
    onSent(desk.streams.size);
  }

  live.onNews((storeId) => {
    const desk = desks.get(storeId);
    if (!desk) return;
    desk.news = true;
    if (!desk.telling) void tellNews(storeId, desk);
  });

  async function tellNews(storeId: string, desk: Desk): Promise<void> {
    desk.telling = true;
    try {
      while (desk.news) {
        desk.news = false;
        await tell(storeId, desk, true);
      }
    } catch (error) {
      log.warn({ error: String(error), storeId }, 'figures could not be told; the next round does');
    } finally {
      desk.telling = false;
    }
  }

  const rounds = periodically({
    name: 'dashboards',
    everyMs: EVERY_MS,
    log,
    async round() {
      await counts.tell();
      for (const [storeId, desk] of desks) if (!desk.telling) await tell(storeId, desk);
    },
  });

  return {
    ...rounds,
    join(storeId, stream) {
      const desk = desks.get(storeId) ?? {
        ...{ streams: new Set(), figures: undefined, dueAt: 0, telling: false, news: false },
      };
      desks.set(storeId, desk);
      desk.streams.add(stream);
      stream.onClose(() => {
        desk.streams.delete(stream);
        if (desk.streams.size === 0 && desks.get(storeId) === desk) desks.delete(storeId);
      });
    },
  };
}

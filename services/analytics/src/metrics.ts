import { metrics } from '@opentelemetry/api';
import type { StarOwner } from '#star/owner.ts';
import type { Progress } from '#watermark.ts';
import type { Applied } from '#windows/windows.ts';
import { DAY_MS } from '#windows/window.ts';

export interface AnalyticsMetrics {
  applied(applied: Applied): void;
  made(made: { readonly day: number; readonly again: boolean; readonly at: number }): void;
}

export function analyticsMetrics(
  progress: { readonly now: Progress | undefined },
  owner: Pick<StarOwner, 'owned'>,
): AnalyticsMetrics {
  const meter = metrics.getMeter('tradewind.analytics');
  const events = meter.createCounter('analytics_events_total', {
    description: 'Events that changed a window, by whether their minute was final',
  });
  for (const late of [true, false]) events.add(0, { late });
  meter
    .createObservableGauge('analytics_watermark_age_ms', {
      description: 'How old the time is up to which all windows are complete',
      unit: 'ms',
    })
    .addCallback((result) => {
      if (progress.now?.watermark) result.observe(Math.max(Date.now() - progress.now.watermark, 0));
    });
  meter
    .createObservableGauge('analytics_lag_events', { description: 'Events that the windows have not read' })
    .addCallback((result) => {
      if (progress.now) result.observe(Number(progress.now.lag));
    });
  meter
    .createObservableGauge('analytics_star_owner', {
      description: '1 in the instance that feeds the star schema',
    })
    .addCallback((result) => result.observe(owner.owned ? 1 : 0));
  const summaries = meter.createCounter('analytics_summaries_total', {
    description: 'Revisions of sales summaries; again = because facts of the day have changed',
  });
  for (const again of [true, false]) summaries.add(0, { again });
  const ready = meter.createHistogram('analytics_summary_ready_s', {
    description: 'From the end of a day to its first summary',
    unit: 's',
    advice: { explicitBucketBoundaries: [30, 45, 60, 120, 300, 600, 3_600, 86_400] },
  });
  return {
    applied({ events: all, late }) {
      events.add(all - late, { late: false });
      events.add(late, { late: true });
    },
    made({ day, again, at }) {
      summaries.add(1, { again });
      if (!again) ready.record((at - day - DAY_MS) / 1_000);
    },
  };
}

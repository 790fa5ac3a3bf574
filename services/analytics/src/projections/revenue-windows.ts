import { summedProjection } from '@tradewind/outbox/projection.ts';
import { contradictions } from '#windows/contradictions.ts';
import { createWindows, type WindowsSettings } from '#windows/windows.ts';

/** Under load this much is applied at once; an idle stream hands over what there is. */
export const MAX_BATCH = 5_000;

/** Sums by windows of event time (ADR 0050). A version is a build: `window_figures` shows what it says, a row per figure and order. */
export const revenueWindows = (settings: WindowsSettings) =>
  summedProjection({
    name: 'revenue_windows',
    topics: ['ecommerce.order.order', 'ecommerce.cart.cart'],
    key: 'key',
    maxBatch: MAX_BATCH,
    // What is late depends on when a parked event was tried again.
    parity: { digest: `p.figures - 'late'` },
    versions: { make: 'window_build_make', drop: 'window_build_drop' },
    projector: (options) => createWindows({ ...settings, ...options, name: 'revenue_windows' }),
    contradictions: (systemDb) => contradictions(systemDb, 'revenue_windows'),
  });

import { runReplay } from '@tradewind/service/replay.ts';
import { readConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';
import { productNames } from '#projections/product-names.ts';
import { revenueWindows } from '#projections/revenue-windows.ts';
import { latenessMs } from '#windows/lateness.ts';

const { TW_ANALYTICS_LATENESS_MS } = readConfig(
  z.object({ TW_ANALYTICS_LATENESS_MS: latenessMs }),
  process.env,
);

process.exitCode = await runReplay(
  'analytics',
  [productNames, revenueWindows({ latenessMs: TW_ANALYTICS_LATENESS_MS })],
  process.env,
  process.argv.slice(2),
);

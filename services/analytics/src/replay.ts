import { runReplay } from '@tradewind/service/replay.ts';
import { productNames } from '#projections/product-names.ts';
import { revenueWindows } from '#projections/revenue-windows.ts';
import { windowsConfig } from '#windows/config.ts';

const projections = [productNames, revenueWindows({ latenessMs: windowsConfig.TW_ANALYTICS_LATENESS_MS })];

process.exitCode = await runReplay('analytics', projections, process.env, process.argv.slice(2));

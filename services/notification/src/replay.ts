import { runReplay } from '@tradewind/service/replay.ts';
import { projections } from '#projections.ts';

process.exitCode = await runReplay('notification', projections, process.env, process.argv.slice(2));

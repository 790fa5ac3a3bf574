import { startService } from '@tradewind/service/start.ts';
import { build } from '#build.ts';
import { config } from '#config.ts';

await startService('analytics', config, build);

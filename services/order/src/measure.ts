import { config } from '#config.ts';
import { measure } from '#history/measure.ts';

process.exitCode = await measure(config, process.stdin);

import { measure } from '#windows/measure.ts';

process.exitCode = await measure(process.env, process.argv.slice(2));

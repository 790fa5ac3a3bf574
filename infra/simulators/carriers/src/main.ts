import { build } from '#build.ts';
import { config } from '#config.ts';

const app = await build(config);
const stop = () => void app.close().then(() => process.exit(0));
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
const address = await app.listen({ host: config.HOST, port: config.PORT });
process.stdout.write(`carriers simulator on ${address}\n`);

import { build } from '#build.ts';
import { config } from '#config.ts';

const mailbox = build(config);
const stop = () => void mailbox.close().then(() => process.exit(0));
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
await mailbox.listenSmtp(config.SMTP_PORT, config.HOST);
const address = await mailbox.http.listen({ host: config.HOST, port: config.PORT });
process.stdout.write(`mailbox on ${address}, mail on port ${config.SMTP_PORT}\n`);

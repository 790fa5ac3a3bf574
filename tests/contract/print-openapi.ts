/**
 * `node tests/contract/print-openapi.ts <service>` prints the service's OpenAPI document. The service is wired as in
 * production, but only its HTTP server is started: no database, broker or registry is needed.
 */
import { freePort } from '@tradewind/testing/free-port.ts';

interface Component {
  readonly name: string;
  start?(): Promise<void>;
}
interface Build {
  build(config: object, foundation: object): Promise<readonly Component[]>;
}

const NOWHERE = '127.0.0.1:9';
/** Every setting that a service refuses to start without. */
const settings = {
  HOST: '127.0.0.1',
  PORT: String(await freePort()),
  LOG_LEVEL: 'silent',
  JWKS_URL: `http://${NOWHERE}/.well-known/jwks.json`,
  JWT_ISSUER: `http://${NOWHERE}`,
  SERVICE_KEY: 'not-a-secret',
  DATABASE_URL: `postgres://app:app@${NOWHERE}/none`,
  DATABASE_SYSTEM_URL: `postgres://system:system@${NOWHERE}/none`,
  KAFKA_BROKERS: NOWHERE,
  SCHEMA_REGISTRY_URL: `http://${NOWHERE}`,
  REDIS_URL: `redis://${NOWHERE}`,
  ANALYTICS_DATA: '/nowhere',
  GRPC_PORT: '0',
  INVENTORY_GRPC_URL: NOWHERE,
  PRICING_GRPC_URL: NOWHERE,
  PAYMENT_URL: `http://${NOWHERE}`,
  ORDER_URL: `http://${NOWHERE}`,
  PAYMENT_SOAP_URL: `http://${NOWHERE}/soap`,
  PAYMENT_REST_URL: `http://${NOWHERE}`,
  SMTP_URL: `smtp://${NOWHERE}`,
  SMS_URL: `http://${NOWHERE}`,
  PUSH_URL: `http://${NOWHERE}`,
  SLACK_URL: `http://${NOWHERE}`,
  MQTT_URL: `mqtt://${NOWHERE}`,
  MQTT_USERNAME: 'none',
  MQTT_PASSWORD: 'none',
};
Object.assign(process.env, settings);

const source = new URL(`../../services/${process.argv[2]}/src/`, import.meta.url);
const { config } = (await import(new URL('config.ts', source).href)) as { config: object };
const { build } = (await import(new URL('build.ts', source).href)) as Build;
const ignore = (): void => undefined;
const log = {
  level: 'silent',
  child: () => log,
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
};
const foundation = { log, telemetry: {}, crash: ignore };
const components = await build(config, foundation);
await components.find(({ name }) => name === 'http')?.start?.();
const response = await fetch(`http://127.0.0.1:${settings.PORT}/openapi.json`);
if (response.status !== 200) throw new Error(`/openapi.json answered ${response.status}`);
const text = await response.text();
// Clients of servers that are not there would keep the process alive.
process.stdout.write(text, () => process.exit(0));

import { describe, expect, it } from 'vitest';
import { serviceEnvironment, type Stack } from '#environment.ts';
import { portTable } from '#ports.ts';
import type { Service } from '#stack.ts';

const stack: Stack = {
  profile: 'core',
  places: { home: '/home/me/.run', cache: '/home/me/.cache/tradewind' },
  ports: portTable('20000'),
  secrets: {
    postgres: { order_app: 'app-word', order_system: 'system-word', order_owner: 'owner-word' },
    serviceKey: 'key',
    rabbitmq: 'rabbit-word',
    mqtt: { ingest: 'ingest-word', messages: 'messages-word' },
  },
};
const order: Service = {
  name: 'order',
  folder: 'services/order',
  database: true,
  behindGateway: true,
  captured: false,
  needs: ['inventory-grpc', 'pricing-grpc', 'payment', 'carriers'],
};
const gateway: Service = {
  name: 'gateway',
  folder: 'services/gateway',
  database: false,
  behindGateway: false,
  captured: false,
  needs: ['service-urls'],
};
const simulator: Service = {
  name: 'payment-gateway',
  folder: 'infra/simulators/payment-gateway',
  database: false,
  behindGateway: false,
  captured: false,
  needs: [],
};
const carriers: Service = { ...simulator, name: 'carriers', folder: 'infra/simulators/carriers' };
const all = [order, gateway, simulator, carriers];

describe('serviceEnvironment', () => {
  it('leads to RabbitMQ and to the MQTT broker those that need them', () => {
    const brokers: Service = { ...order, needs: ['rabbitmq', 'mqtt'] };
    const urls = {
      RABBITMQ_URL: 'amqp://tradewind:rabbit-word@127.0.0.1:35673',
      MQTT_URL: 'mqtt://127.0.0.1:31883',
      MQTT_USERNAME: 'ingest',
      MQTT_PASSWORD: 'ingest-word',
    };
    expect(serviceEnvironment(stack, brokers, all, {})).toMatchObject(urls);
    expect(serviceEnvironment(stack, order, all, {})).not.toHaveProperty('RABBITMQ_URL');
  });

  it('moves with the port base and names the two running roles', () => {
    expect(serviceEnvironment(stack, order, all, {})).toMatchObject({
      HOST: '127.0.0.1',
      PORT: '24004',
      DATABASE_URL: 'postgres://order_app:app-word@127.0.0.1:35432/order',
      DATABASE_SYSTEM_URL: 'postgres://order_system:system-word@127.0.0.1:35432/order',
      KAFKA_BROKERS: '127.0.0.1:39092',
      SCHEMA_REGISTRY_URL: 'http://127.0.0.1:38081/apis/ccompat/v7',
      REDIS_URL: 'redis://127.0.0.1:36379',
      JWKS_URL: 'http://127.0.0.1:24010/.well-known/jwks.json',
      JWT_ISSUER: 'http://127.0.0.1:24010',
      INVENTORY_GRPC_URL: '127.0.0.1:25051',
      PRICING_GRPC_URL: '127.0.0.1:25052',
      PAYMENT_URL: 'http://127.0.0.1:24006',
      SERVICE_KEY: 'key',
    });
  });

  it('keeps the owner’s password from a running service', () => {
    expect(JSON.stringify(serviceEnvironment(stack, order, all, {}))).not.toContain('owner-word');
  });

  it('passes on TW_* and the knobs of the caller, and nothing else of it', () => {
    const caller = {
      TW_FAILPOINT: 'relay.crash',
      LOG_LEVEL: 'debug',
      HOME: '/root',
      AWS_SECRET: 'x',
      PATH: '/bin',
    };
    const env = serviceEnvironment(stack, order, all, caller);
    expect(env).toMatchObject({ TW_FAILPOINT: 'relay.crash', LOG_LEVEL: 'debug', PATH: '/bin' });
    expect(env).not.toHaveProperty('HOME');
    expect(env).not.toHaveProperty('AWS_SECRET');
  });

  it('has the local default of a knob unless the caller sets it', () => {
    expect(serviceEnvironment(stack, order, all, {})['TW_WEBHOOK_ALLOW_PRIVATE']).toBe('1');
    expect(
      serviceEnvironment(stack, order, all, { TW_WEBHOOK_ALLOW_PRIVATE: '0' })['TW_WEBHOOK_ALLOW_PRIVATE'],
    ).toBe('0');
  });

  it('gives the carriers and their client the same accounts', () => {
    const client = serviceEnvironment(stack, order, all, {});
    const { CARRIER_CREDENTIALS, CARRIER_CALLBACK_URL } = serviceEnvironment(stack, carriers, all, {});
    expect(JSON.parse(client['CARRIER_URLS'] ?? '')).toMatchObject({ dhl: 'http://127.0.0.1:24091/dhl' });
    expect(client['CARRIER_CREDENTIALS']).toBe(CARRIER_CREDENTIALS);
    expect(CARRIER_CREDENTIALS).not.toContain(stack.secrets.serviceKey);
    expect(CARRIER_CALLBACK_URL).toMatch(/^http:\/\/127\.0\.0\.1:24004\//);
  });

  it('tells the gateway the services, but neither itself nor the simulator', () => {
    const urls = serviceEnvironment(stack, gateway, all, {})['SERVICE_URLS'] ?? '';
    expect(JSON.parse(urls)).toEqual({ order: 'http://127.0.0.1:24004' });
    expect(serviceEnvironment(stack, gateway, all, {})).not.toHaveProperty('DATABASE_URL');
  });
});

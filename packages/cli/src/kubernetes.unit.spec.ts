import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { checkout } from '#places.ts';
import { portTable, type PortName } from '#ports.ts';
import { services } from '#stack.ts';

interface Container {
  name: string;
  image: string;
  env?: { name: string; value?: string; valueFrom?: object }[];
  envFrom?: { secretRef?: { name: string }; configMapRef?: { name: string } }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: object;
  ports?: { name: string; containerPort: number }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
}
interface Probe {
  httpGet: { path: string; port: string };
}
interface PodSpec {
  automountServiceAccountToken?: boolean;
  securityContext?: object;
  initContainers?: Container[];
  containers: Container[];
}
interface Resource {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  resources?: string[];
  spec?: { template?: { spec: PodSpec }; selector?: { matchLabels?: Record<string, string> } };
}

const root = join(checkout, 'deploy/k8s');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.yaml'),
);
const read = (file: string): Resource[] =>
  parseAllDocuments(readFileSync(join(root, file), 'utf8')).map((document) => {
    expect(document.errors, file).toEqual([]);
    return document.toJS() as Resource;
  });
const resources = files.filter((file) => !file.endsWith('kustomization.yaml')).flatMap(read);
const named = (kind: string, name: string): Resource | undefined =>
  resources.find((it) => it.kind === kind && it.metadata.name === name);
const pods = resources.flatMap(({ kind, metadata, spec }) =>
  spec?.template === undefined ? [] : [{ title: `${kind} ${metadata.name}`, pod: spec.template.spec }],
);
const ports = portTable(undefined);

describe('kustomizations', () => {
  it.each(files.filter((file) => file.endsWith('kustomization.yaml')))(
    '%s names files that exist, and all of them',
    (file) => {
      const folder = join(root, dirname(file));
      const listed = read(file)[0]?.resources ?? [];
      expect(listed.filter((it) => !existsSync(join(folder, it)))).toEqual([]);
      const beside = readdirSync(folder).filter((it) => it.endsWith('.yaml') && it !== 'kustomization.yaml');
      expect(beside.filter((it) => !listed.includes(it))).toEqual([]);
    },
  );
});

describe.each(services().map((it) => ({ ...it })))('service $name', ({ name, folder, database, needs }) => {
  const container = (): Container | undefined =>
    named('Deployment', name)?.spec?.template?.spec.containers[0];

  it('has all its parts', () => {
    for (const kind of ['ConfigMap', 'Deployment', 'Service', 'PodDisruptionBudget']) {
      expect(named(kind, name), kind).toBeDefined();
    }
  });

  it('listens where the contract says', () => {
    const port = String(ports[name satisfies PortName]);
    expect(named('ConfigMap', name)?.data?.['PORT']).toBe(port);
    expect(container()?.ports?.[0]).toMatchObject({ name: 'http', containerPort: Number(port) });
  });

  it('is asked for liveness and readiness apart', () => {
    expect(container()?.livenessProbe?.httpGet).toEqual({ path: '/health/live', port: 'http' });
    // Refused commands must not take the reads away with them.
    const ready = folder.startsWith('services/') ? '/health/ready?for=reads' : '/health/ready';
    expect(container()?.readinessProbe?.httpGet).toEqual({ path: ready, port: 'http' });
    expect(container()?.startupProbe?.httpGet.path).toBe('/health/live');
  });

  it('takes its database from secrets, and only the migration gets the owner’s', () => {
    const refs = container()?.envFrom?.flatMap((it) => it.secretRef?.name ?? []) ?? [];
    const secretive = database || needs.includes('rabbitmq') || needs.includes('mqtt');
    expect(refs).toEqual(secretive ? ['tradewind', name] : ['tradewind']);
    expect(JSON.stringify(container())).not.toContain('DATABASE_OWNER_URL');
    const migrations = named('Deployment', name)?.spec?.template?.spec.initContainers ?? [];
    expect(migrations.map((it) => it.env)).toEqual(
      database
        ? [
            [
              {
                name: 'DATABASE_OWNER_URL',
                valueFrom: { secretKeyRef: { name: `${name}-migration`, key: 'DATABASE_OWNER_URL' } },
              },
            ],
          ]
        : [],
    );
  });
});

describe.each(pods)('$title', ({ pod }) => {
  it('runs without root and without a token for the cluster', () => {
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it.each([...(pod.initContainers ?? []), ...pod.containers])(
    '$name: is confined, with bounded resources',
    (it) => {
      expect(it.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ['ALL'] },
      });
      for (const part of [it.resources?.requests, it.resources?.limits]) {
        expect(Object.keys(part ?? {}).sort()).toEqual(['cpu', 'memory']);
      }
    },
  );
});

describe('change data capture', () => {
  it('gives Connect what its connectors name, and no more', () => {
    const variables = readdirSync(join(checkout, 'infra/debezium'))
      .filter((file) => file.endsWith('.json'))
      .flatMap((file) => [
        ...readFileSync(join(checkout, 'infra/debezium', file), 'utf8').matchAll(/\$\{env:(\w+)\}/g),
      ])
      .map(([, name = '']) => name);
    const settings = Object.keys(named('ConfigMap', 'connect')?.data ?? {});
    const local = readFileSync(join(root, 'overlays/local/kustomization.yaml'), 'utf8');
    const secret = [...local.matchAll(/- (CDC_\w+)=/g)].map(([, name = '']) => name);
    expect(new Set([...settings.filter((name) => name.startsWith('CDC_')), ...secret])).toEqual(
      new Set(variables),
    );
  });
});

describe('secrets', () => {
  it('are in no file but the local overlay', () => {
    expect(resources.filter((it) => it.kind === 'Secret')).toEqual([]);
    const others = files.filter((file) => !file.startsWith(join('overlays', 'local')));
    const literal = others.filter((file) =>
      /postgres:\/\/|SERVICE_KEY=|secretGenerator/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(literal).toEqual([]);
  });
});

// The rooms inside a service, and who may import what (docs: CONTRIBUTING, "Rooms"). The order of the packages is in
// turbo.json. Each rule here has a fixture in tests/architecture/fixtures that breaks it.
//
// Paths may have something in front of them, so that the same rules run on the fixtures.
import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';

const SERVICE = '(?:^|/)services/([^/]+)/src/';
const SPEC = '\\.(?:spec|fixture)\\.ts$';
const npm = (...names) => `(?:^|node_modules/)(?:${names.join('|')})(?:/|$)`;
const DRIVERS = npm('pg', 'kafkajs', 'ioredis', 'kysely', 'cassandra-driver');
const MESSAGING_DRIVERS = ['(?:^|/)packages/messaging-[^/]+/', npm('kafkajs', 'amqplib', 'mqtt')];
const HTTP = [
  '(?:^|/)packages/service/src/(?:http|access|problem)\\.ts$',
  npm('fastify', '@fastify/[^/]+', '@grpc/grpc-js'),
];

/** Names of the folders that hold one of these files, as an alternative of a regular expression. */
function foldersWith(root, pattern) {
  const folders = globSync(pattern, { cwd: root }).map((file) => basename(dirname(file)));
  return `(?:${[...new Set(folders)].join('|') || '-'})`;
}

/** @param {string} root folder that has `services/` and `packages/` */
export function configuration(root) {
  // An aggregate has events; a slice decides or answers; a service without an aggregate only does CRUD and stays flat.
  const aggregate = foldersWith(root, 'services/*/src/*/events.ts');
  const slice = foldersWith(root, 'services/*/src/*/{decide,http,grpc}.ts');
  const sourced = globSync('services/*/src/*/events.ts', { cwd: root }).map((file) => file.split('/')[1]);
  const PURE = [`${SERVICE}${aggregate}/`, `${SERVICE}[^/]+/decide\\.ts$`, `${SERVICE}engine/`];
  const rules = [
    {
      name: 'pure-without-runtime',
      comment:
        'Aggregates, engines and decide.ts are pure: no node:*, no library but zod, no package but kernel and contracts.',
      from: { path: PURE, pathNot: SPEC },
      to: {
        dependencyTypesNot: ['type-only'],
        path: ['^node:', '^[a-z_]+(?:/promises)?$', 'node_modules/', '(?:^|/)packages/'],
        pathNot: ['(?:^|/)packages/(?:kernel|contracts)/', npm('zod')],
      },
    },
    {
      name: 'pure-without-randomness',
      comment: 'A decision is repeatable: ids are made by the shell and handed in.',
      from: { path: PURE, pathNot: SPEC },
      to: { path: '(?:^|/)packages/kernel/src/ids\\.ts$' },
    },
    {
      name: 'pure-without-shell',
      comment:
        'Aggregates and decide.ts know errors, aggregates and other decisions of their service, nothing else.',
      from: { path: PURE, pathNot: SPEC },
      to: { path: SERVICE, pathNot: [...PURE, `${SERVICE}errors\\.ts$`, `${SERVICE}fulfilment/`] },
    },
    {
      name: 'edge-in-its-slice',
      comment: 'http.ts and grpc.ts belong to one use case: another slice is not theirs to call.',
      from: {
        path: `(?:^|/)services/(${[...new Set(sourced)].join('|') || '-'})/src/([^/]+)/(?:http|grpc)\\.ts$`,
      },
      to: {
        path: `(?:^|/)services/$1/src/${slice}/`,
        // Queries of a read model may be asked from anywhere in the service.
        pathNot: ['(?:^|/)services/$1/src/$2/', '/quer(?:y|ies)\\.ts$', `${SERVICE}${aggregate}/`],
      },
    },
    {
      name: 'reaction-through-decisions',
      comment:
        'A file in on/ hands an event to a decision through the store; it has no business with HTTP slices.',
      from: { path: `${SERVICE}on/`, pathNot: SPEC },
      to: { path: '(?:^|/)services/$1/src/[^/]+/(?:http|grpc)\\.ts$' },
    },
    {
      name: 'edge-without-driver',
      comment: 'Edges reach data through store.ts and projection queries.',
      from: { path: [`${SERVICE}[^/]+/(?:http|grpc)\\.ts$`, `${SERVICE}on/`], pathNot: SPEC },
      to: { dependencyTypesNot: ['type-only'], path: [DRIVERS, ...MESSAGING_DRIVERS] },
    },
    {
      name: 'projection-without-write-side',
      comment:
        'A projection is a fold: it can be replayed because it reaches no decision, store or side effect.',
      from: { path: `${SERVICE}projections/`, pathNot: SPEC },
      to: {
        path: [
          `${SERVICE}[^/]+/(?:decide|http|grpc)\\.ts$`,
          `${SERVICE}store\\.ts$`,
          `${SERVICE}(?:on|channels)/`,
        ],
      },
    },
    {
      name: 'projection-without-side-effects',
      comment: 'Rows are written by the projection runtime alone.',
      from: { path: `${SERVICE}projections/`, pathNot: [SPEC, '/http\\.ts$'] },
      to: { dependencyTypesNot: ['type-only'], path: [...MESSAGING_DRIVERS, ...HTTP, npm('undici')] },
    },
    {
      name: 'store-without-transport',
      comment: 'store.ts stores: it answers to whoever calls, over whatever protocol.',
      from: { path: `${SERVICE}store\\.ts$` },
      to: { path: [...HTTP, ...MESSAGING_DRIVERS, `${SERVICE}[^/]+/(?:http|grpc)\\.ts$`] },
    },
    {
      name: 'service-alone',
      comment: 'Services know each other by topics, proto and GraphQL, never by import.',
      from: { path: SERVICE },
      to: { path: '(?:^|/)services/', pathNot: '(?:^|/)services/$1/' },
    },
    {
      name: 'packages-below-services',
      comment: 'Packages know no service.',
      from: { path: '(?:^|/)packages/' },
      to: { path: '(?:^|/)services/' },
    },
    {
      name: 'kernel-alone',
      comment: 'The kernel has no dependency at all.',
      from: { path: '(?:^|/)packages/kernel/src/', pathNot: SPEC },
      to: { pathNot: '(?:^|/)packages/kernel/' },
    },
    {
      name: 'contracts-from-kernel',
      comment: 'Generated code below generated code: contracts know the kernel only.',
      from: { path: '(?:^|/)packages/(?:contracts|messaging)/src/' },
      to: { path: '(?:^|/)packages/(?:postgres|outbox|service|messaging-[^/]+|cli)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Files that need each other at run time are one file, or have a third one between them.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ];
  return {
    forbidden: rules.map((rule) => ({ ...rule, severity: 'error' })),
    options: {
      tsPreCompilationDeps: true,
      doNotFollow: { path: ['node_modules', 'packages/contracts/src/generated'] },
      exclude: { path: '(?:^|/)(?:dist|fixtures)/' },
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'node', 'default'],
        extensions: ['.ts', '.js', '.json'],
      },
    },
  };
}

export default configuration('.');

import type { NewService } from './service-name.ts';

/** A file that lists the services, and how a new one gets into it. The text stays as it is where it is in there already. */
export interface Registration {
  readonly file: string;
  add(text: string, service: NewService): string;
}

const urlOf = ({ name, port }: NewService): string => `"${name}":"http://${name}:${port}"`;
const keyOf = ({ name }: NewService): string => (name.includes('-') ? `'${name}'` : name);

/** Puts text in front of the line where a pattern begins; each list ends with the gateway, which needs all others. */
function before(pattern: RegExp, addition: (service: NewService, found: RegExpExecArray) => string) {
  return (text: string, service: NewService): string => {
    const found = pattern.exec(text);
    if (!found) throw new Error(`a line like ${String(pattern)} is missing`);
    return `${text.slice(0, found.index)}${addition(service, found)}${text.slice(found.index)}`;
  };
}

/** `SERVICE_URLS` of a gateway in a container. */
function withUrl(text: string, service: NewService): string {
  const added = text.replace(/(SERVICE_URLS: '\{.*)\}'/, (_, list: string) => `${list},${urlOf(service)}}'`);
  if (added === text) throw new Error('SERVICE_URLS is missing');
  return added;
}

const imageIn = (overlay: string): Registration => ({
  file: `deploy/k8s/overlays/${overlay}/kustomization.yaml`,
  add: before(
    /^ {2}- \{ name: tradewind\/gateway, newTag: (.*) \}$/m,
    ({ name }, [, tag]) => `  - { name: tradewind/${name}, newTag: ${tag} }\n`,
  ),
});

const composeService = ({ name, database, port }: NewService): string => `  ${name}:
    <<: *restart
    build: { context: ., target: service, args: { SERVICE: ${name} } }
    environment:
      <<: *environment
      PORT: ${port}
      DATABASE_URL: postgres://${database}_app:\${DATABASE_PASSWORD:-tradewind}@postgres:5432/${database}
      DATABASE_SYSTEM_URL: postgres://${database}_system:\${DATABASE_PASSWORD:-tradewind}@postgres:5432/${database}
    ports: ['127.0.0.1:${port}:${port}']
    depends_on: *needs
    healthcheck: *answers

`;

const localSecrets = ({ name, database }: NewService): string => `  - name: ${name}
    literals:
      - DATABASE_URL=postgres://${database}_app:tradewind@postgres:5432/${database}
      - DATABASE_SYSTEM_URL=postgres://${database}_system:tradewind@postgres:5432/${database}
  - name: ${name}-migration
    literals:
      - DATABASE_OWNER_URL=postgres://${database}_owner:tradewind@postgres:5432/${database}
`;

/** Every file that names the services one by one. What is not here finds them by their folder or by `stack.ts`. */
export const registrations: readonly Registration[] = [
  {
    file: 'tsconfig.json',
    add: before(
      / {4}\{\n {6}"path": "services\/gateway"/,
      ({ name }) => `    {\n      "path": "services/${name}"\n    },\n`,
    ),
  },
  {
    file: 'packages/cli/src/stack.ts',
    add: (text, service) =>
      text.includes(`{ name: '${service.name}', `)
        ? text
        : before(/^ {2}\{ name: 'gateway'/m, ({ name, port }) => `  { name: '${name}', port: ${port} },\n`)(
            text,
            service,
          ),
  },
  {
    file: 'services/gateway/src/routes.ts',
    add: (text, service) =>
      text.includes(`\n  ${keyOf(service)}: {`)
        ? text
        : before(/^\} as const satisfies/m, (it) => `  ${keyOf(it)}: { under: ['/api/v1/${it.name}'] },\n`)(
            text,
            service,
          ),
  },
  {
    file: 'docker-compose.yml',
    add: (text, service) => withUrl(before(/^ {2}gateway:$/m, composeService)(text, service), service),
  },
  {
    file: 'infra/compose/prometheus.yml',
    add: before(/^ *'gateway:8080'/m, ({ name, port }) => `            '${name}:${port}',\n`),
  },
  { file: 'deploy/k8s/base/gateway.yaml', add: withUrl },
  {
    file: 'deploy/k8s/base/kustomization.yaml',
    add: before(/^ {2}- gateway\.yaml$/m, ({ name }) => `  - ${name}.yaml\n`),
  },
  {
    file: 'deploy/k8s/overlays/local/kustomization.yaml',
    add: (text, service) => imageIn('local').add(before(/^patches:$/m, localSecrets)(text, service), service),
  },
  imageIn('staging'),
  imageIn('production'),
];

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSchema } from 'graphql';

/** One thing that somebody can ask of Tradewind, over whatever protocol. */
export interface Operation {
  /** As the table names it: a service, `grpc` or `graphql`. */
  readonly group: string;
  /** `POST /api/v1/orders`, `tradewind.inventory.v1.Inventory/QueryStock`, `Query.product`. */
  readonly name: string;
  /** Who may ask, where the contract says it. */
  readonly access?: 'public' | 'authenticated' | readonly string[];
  readonly permission?: string | undefined;
}

interface Described {
  readonly 'x-access'?: Operation['access'];
  readonly 'x-permission'?: string;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

const schemas = fileURLToPath(new URL('../../schemas/', import.meta.url));
const files = (folder: string, extension: string): string[] =>
  readdirSync(`${schemas}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .sort();
const read = (path: string): string => readFileSync(`${schemas}${path}`, 'utf8');

/** Every operation of every contract. */
export function operations(): Operation[] {
  return [
    ...files('openapi/services', '.json').flatMap((file) =>
      restOperations(file.replace(/\.json$/, ''), JSON.parse(read(`openapi/services/${file}`)) as Document),
    ),
    ...files('proto/tradewind', '.proto').flatMap((file) => grpcOperations(read(`proto/tradewind/${file}`))),
    ...graphqlOperations(read('graphql/api.graphql')),
  ];
}

/** The API and what is pushed: the rest (health, metrics, key set) is public and tells nothing of anybody. */
export function restOperations(service: string, { paths }: Document): Operation[] {
  return Object.entries(paths)
    .filter(([path]) => /^\/(api|ws|sse)\//.test(path))
    .flatMap(([path, item]) =>
      Object.entries(item).map(([method, described]) => ({
        group: service,
        name: `${method.toUpperCase()} ${path}`,
        ...(described['x-access'] ? { access: described['x-access'] } : {}),
        ...(described['x-permission'] ? { permission: described['x-permission'] } : {}),
      })),
    );
}

export function grpcOperations(proto: string): Operation[] {
  const scope = /^package ([\w.]+);/m.exec(proto)?.[1] ?? '';
  return [...proto.matchAll(/^service (\w+) \{([\s\S]*?)^\}/gm)].flatMap(([, service, body = '']) =>
    [...body.matchAll(/^\s*rpc (\w+)\(/gm)].map(([, method]) => ({
      group: 'grpc',
      name: `${scope}.${service}/${method}`,
    })),
  );
}

/** The one write that needs no login: it is how a cart without one begins. */
const PUBLIC_WRITE = 'createCart';

/**
 * The fields of the graph's roots. The schema does not say who may ask: reads may be public, writes are not but for one.
 * @param api the composed schema as clients see it
 */
export function graphqlOperations(api: string): Operation[] {
  const schema = buildSchema(api);
  return [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.keys(root?.getFields() ?? {}).map((field): Operation => {
      const access = root?.name === 'Query' || field === PUBLIC_WRITE ? 'public' : 'authenticated';
      return { group: 'graphql', name: `${root?.name}.${field}`, access };
    }),
  );
}

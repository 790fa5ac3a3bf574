interface Specification {
  readonly paths?: Readonly<Record<string, unknown>>;
  readonly components?: {
    readonly schemas?: Readonly<Record<string, unknown>>;
    readonly securitySchemes?: Readonly<Record<string, unknown>>;
  };
}

const REFERENCE = '"#/components/schemas/';
const OPERATIONS = /^\/(health\/|metrics$|openapi\.json$)/;

/**
 * One document of all services' routes, as a client of the gateway sees them. Schemas get their service's name in front, as
 * two services may mean different things by one name; paths about a single process are left out.
 * @param texts OpenAPI documents as the services sent them
 */
export function mergeOpenapi(texts: Readonly<Record<string, string>>) {
  const paths: Record<string, unknown> = {};
  const schemas: Record<string, unknown> = {};
  const securitySchemes: Record<string, unknown> = {};
  for (const [service, text] of Object.entries(texts)) {
    const own = JSON.parse(text.replaceAll(REFERENCE, `${REFERENCE}${service}.`)) as Specification;
    for (const [path, item] of Object.entries(own.paths ?? {}))
      if (!OPERATIONS.test(path)) paths[path] = item;
    for (const [name, schema] of Object.entries(own.components?.schemas ?? {}))
      schemas[`${service}.${name}`] = schema;
    Object.assign(securitySchemes, own.components?.securitySchemes);
  }
  const info = {
    title: 'Tradewind',
    version: '1.0.0',
    description: `Services: ${Object.keys(texts).join(', ')}`,
  };
  return { openapi: '3.1.0', info, paths, components: { schemas, securitySchemes } };
}

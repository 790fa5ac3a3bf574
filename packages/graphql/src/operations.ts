import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type ValidationRule,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { exceeded, type Limits, type Variables } from './limits.ts';

export interface OperationOptions {
  readonly limits: Limits;
  /** Whether clients may ask for the schema itself. */
  readonly introspection: boolean;
}

/** A document that may be executed, or why not. */
export type Checked =
  | { readonly document: DocumentNode; readonly errors?: never }
  | { readonly document?: never; readonly errors: readonly GraphQLError[] };

const KEPT = 1_000;

/** Parses and checks documents; valid ones are remembered, as clients send the same few again and again. */
export function createOperations(schema: GraphQLSchema, { limits, introspection }: OperationOptions) {
  const passed = new LRUCache<string, Checked>({ max: KEPT });
  const rules = introspection
    ? specifiedRules
    : [...specifiedRules, NoSchemaIntrospectionCustomRule, noServiceSdl];

  function check(query: string): Checked {
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens: limits.tokens, noLocation: false });
    } catch (error) {
      return { errors: [syntaxError(error as GraphQLError)] };
    }
    const invalid = validate(schema, document, rules);
    if (invalid.length > 0) return { errors: invalid.map((error) => invalidDocument(error, introspection)) };
    return { document };
  }

  return (query: string, variables: Variables): Checked => {
    const checked = passed.get(query) ?? check(query);
    if (!checked.document) return checked;
    passed.set(query, checked);
    const errors = exceeded(schema, checked.document, variables, limits);
    return errors.length > 0 ? { errors } : checked;
  };
}

/** The subgraph's own SDL is introspection by another name. */
const noServiceSdl: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value === '_service')
      context.reportError(new GraphQLError('introspection is off', { nodes: node }));
  },
});

function syntaxError({ message, source, positions }: GraphQLError): GraphQLError {
  const tooLong = message.includes('Parsing aborted');
  const extensions = { code: tooLong ? 'QUERY_TOO_LONG' : 'GRAPHQL_PARSE_FAILED', status: 400 };
  return new GraphQLError(tooLong ? 'the query is too long' : message, {
    source: source ?? null,
    positions: positions ?? null,
    extensions,
  });
}

function invalidDocument({ message, nodes }: GraphQLError, introspection: boolean): GraphQLError {
  // Suggestions would tell the schema word by word.
  const text = introspection ? message : message.replace(/ Did you mean .*$/s, '');
  return new GraphQLError(text, {
    nodes: nodes ?? null,
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', status: 400 },
  });
}

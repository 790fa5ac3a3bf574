import {
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** How much one operation may ask for. */
export interface Limits {
  /** Words and signs of the document; the parser stops there. */
  readonly tokens: number;
  /** Fields inside fields. */
  readonly depth: number;
  readonly aliases: number;
  /** Objects in the answer, as far as the document tells: what a list may hold is multiplied by what is asked of each. */
  readonly cost: number;
}

export const LIMITS: Limits = { tokens: 1_000, depth: 10, aliases: 30, cost: 2_500 };

/** Assumed length of a list that does not say. */
const LIST = 10;
/** What `first` is at most. */
const MOST = 100;

export type Variables = Readonly<Record<string, unknown>>;

interface Weight {
  readonly depth: number;
  readonly cost: number;
}

const refusal = (code: string, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code, status: 400 } });

/**
 * What is too much about an operation that is valid by the schema. Introspection is not counted: it is on or off.
 * @param variables as the client sent them: they may say how long a list is to be
 */
export function exceeded(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Variables,
  limits: Limits,
): GraphQLError[] {
  const { depth, cost } = weigh(schema, document, variables);
  const aliases = aliasesIn(document);
  return [
    ...(depth > limits.depth
      ? [refusal('QUERY_TOO_DEEP', `the query has ${depth} levels; ${limits.depth} are allowed`)]
      : []),
    ...(aliases > limits.aliases
      ? [refusal('QUERY_TOO_MANY_ALIASES', `the query has ${aliases} aliases; ${limits.aliases} are allowed`)]
      : []),
    ...(cost > limits.cost
      ? [refusal('QUERY_TOO_COSTLY', `the query may cost ${cost}; ${limits.cost} is allowed: ask for less`)]
      : []),
  ];
}

function aliasesIn(document: DocumentNode): number {
  let aliases = 0;
  const count: ASTVisitor = { Field: ({ alias }) => void (alias && aliases++) };
  visit(document, count);
  return aliases;
}

function weigh(schema: GraphQLSchema, document: DocumentNode, variables: Variables): Weight {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  /** A fragment weighs the same wherever it is spread: without this, fragments in fragments cost exponential time. */
  const known = new Map<string, Weight>();

  function ofSet(set: SelectionSetNode, type: GraphQLNamedType | undefined): Weight {
    let [depth, cost] = [0, 0];
    for (const selection of set.selections) {
      const weight =
        selection.kind === Kind.FIELD
          ? ofField(selection, type)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? ofSet(selection.selectionSet, typeNamed(selection.typeCondition?.name.value) ?? type)
            : ofFragment(selection.name.value);
      depth = Math.max(depth, weight.depth);
      cost += weight.cost;
    }
    return { depth, cost };
  }

  function ofFragment(name: string): Weight {
    const fragment = fragments.get(name);
    let weight = known.get(name);
    if (fragment && !weight) {
      weight = ofSet(fragment.selectionSet, typeNamed(fragment.typeCondition.name.value));
      known.set(name, weight);
    }
    return weight ?? { depth: 0, cost: 0 };
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType | undefined): Weight {
    if (node.name.value.startsWith('__')) return { depth: 0, cost: 0 };
    if (!node.selectionSet) return { depth: 1, cost: 0 };
    const field =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = field && getNamedType(field.type);
    const inner = ofSet(node.selectionSet, isCompositeType(type) ? type : undefined);
    return { depth: inner.depth + 1, cost: lengthOf(node, field, parent, variables) * (1 + inner.cost) };
  }

  const typeNamed = (name: string | undefined): GraphQLNamedType | undefined =>
    name === undefined ? undefined : schema.getType(name);

  let [depth, cost] = [0, 0];
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const weight = ofSet(definition.selectionSet, schema.getRootType(definition.operation) ?? undefined);
    depth = Math.max(depth, weight.depth);
    cost = Math.max(cost, weight.cost);
  }
  return { depth, cost };
}

/** Objects that a field may answer. */
function lengthOf(
  node: FieldNode,
  field: GraphQLField<unknown, unknown> | undefined,
  parent: GraphQLNamedType | undefined,
  variables: Variables,
): number {
  const first = field?.args.find(({ name }) => name === 'first');
  if (first) {
    const given = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    const value =
      given?.kind === Kind.VARIABLE
        ? variables[given.name.value]
        : given?.kind === Kind.INT
          ? given.value
          : null;
    const wanted = value ?? first.defaultValue ?? LIST;
    // An object is no length, and may be one that cannot even be asked for its number.
    return Math.min(MOST, Math.max(1, (typeof wanted === 'object' ? MOST : Number(wanted)) || MOST));
  }
  const references = field?.args.find(({ name }) => name === 'representations');
  if (references) {
    const given = node.arguments?.find(({ name }) => name.value === 'representations')?.value;
    const list = given?.kind === Kind.VARIABLE ? variables[given.name.value] : undefined;
    return Array.isArray(list) ? list.length : LIST;
  }
  // The page around these items was counted by its own `first`.
  if (parent?.name.endsWith('Page') && node.name.value === 'items') return 1;
  return field && isListType(getNullableType(field.type)) ? LIST : 1;
}

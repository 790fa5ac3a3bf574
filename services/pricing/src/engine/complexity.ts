/** How much a rule may ask for. */
export interface Complexity {
  /** Nodes of conditions one inside the other. */
  readonly depth: number;
  /** Nodes of conditions altogether. */
  readonly conditions: number;
  /** Ids, categories and codes altogether. */
  readonly ids: number;
  readonly tiers: number;
}

/** Room for every rule a merchant writes by hand; a request with hundreds of such rules stays far below a millisecond. */
export const COMPLEXITY_LIMIT: Complexity = { depth: 4, conditions: 32, ids: 500, tiers: 20 };

export interface RuleTooComplex {
  readonly code: 'RULE_TOO_COMPLEX';
  readonly allowed: Complexity;
  readonly found: Complexity;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const COMBINING = ['all', 'any'];
const NAMING = ['productIds', 'categoryIds', 'codes'];

/** Walks without recursion and trusts no shape: what came from outside may be nested as deep as its size allows. */
function measure({ conditions, effect, excludes }: Fields): Complexity {
  let depth = 0;
  let nodes = 0;
  let ids = listOf(excludes).length;
  let level: unknown[] = conditions === undefined ? [] : [conditions];
  while (level.length > 0) {
    depth += 1;
    nodes += level.length;
    const fields = level.map(fieldsOf);
    ids += fields.reduce(
      (sum, node) => sum + NAMING.reduce((named, key) => named + listOf(node[key]).length, 0),
      0,
    );
    level = fields.flatMap((node) => COMBINING.flatMap((key) => listOf(node[key])));
  }
  return { depth, conditions: nodes, ids, tiers: listOf(fieldsOf(effect)['tiers']).length };
}

/**
 * What is too much about a promotion or a code; nothing where it is within the limit. Takes an unparsed body too, so
 * that it can come before a schema that recurses.
 */
export function checkComplexity(rule: unknown, allowed = COMPLEXITY_LIMIT): RuleTooComplex | undefined {
  const found = measure(fieldsOf(rule));
  const keys = Object.keys(allowed) as (keyof Complexity)[];
  return keys.some((key) => found[key] > allowed[key])
    ? { code: 'RULE_TOO_COMPLEX', allowed, found }
    : undefined;
}

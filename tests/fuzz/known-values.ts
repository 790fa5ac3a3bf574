const KEEP = 200;
/** Fields whose values lead further: ids, and what names a state. */
const LEADS = /(Id|Key|sku|Cursor|secret|version|currency|locale|service-key|cartToken|^code)$/i;

export const leads = (field: string): boolean => LEADS.test(field);

/** What the service has told so far, by field: a request that names nothing that exists gets nowhere. */
export interface KnownValues {
  learn(value: unknown): void;
  pick(field: string, n: number): unknown;
}

export function knownValues(first: Readonly<Record<string, readonly unknown[]>> = {}): KnownValues {
  const values = new Map(Object.entries(first).map(([field, known]) => [field, [...known]]));

  function learn(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [field, part] of Object.entries(value)) {
      if (leads(field) && (typeof part === 'string' || typeof part === 'number')) add(field, part);
      else learn(part);
    }
  }
  function add(field: string, value: unknown): void {
    const known = values.get(field) ?? [];
    values.set(field, known);
    if (!known.includes(value) && known.push(value) > KEEP) known.shift();
  }
  return {
    learn,
    pick(field, n) {
      const known = values.get(field) ?? [];
      return known[n % Math.max(known.length, 1)];
    },
  };
}

/** What `{id}` of a path stands for: `/products/{id}` → productId. */
export function fieldOf(parameter: string, template: string): string {
  if (parameter !== 'id') return parameter;
  const before = template.split('/{id}', 1)[0]?.split('/').at(-1) ?? '';
  return `${before.replace(/ies$/, 'y').replace(/s$/, '')}Id`;
}

const KEEP = 200;
/** Fields whose values lead further: ids, and what names a state. */
const LEADS =
  /(Id|Key|sku|Cursor|secret|version|currency|locale|cartToken|carrier|role|permission|code|^url)$/i;
/** What requests call otherwise than answers. */
const OTHERWISE: Readonly<Record<string, string>> = {
  discountCode: 'code',
  expectedVersion: 'version',
  flashSaleId: 'saleId',
};

export const leads = (field: string): boolean => LEADS.test(field);
/** A list's field without the plural: what one of them is. */
export const single = (field: string): string => field.replace(/s$/, '');
const nameOf = (field: string): string => OTHERWISE[field] ?? field;

type Values = Readonly<Record<string, string | number>>;

/** What the service has told so far: a request that names nothing that exists gets nowhere. */
export interface KnownValues {
  /** @param by name of the caller who was told */
  learn(value: unknown, by?: string): void;
  pick(field: string, n: number): unknown;
  /** Values that belong together, such as a line and its cart, as `by` was told, or anybody. Only for announced groups. */
  together(fields: readonly string[], n: number, by?: string): Values | undefined;
}

/** @param groups fields whose values are wanted together */
export function knownValues(groups: readonly (readonly string[])[] = []): KnownValues {
  const values = new Map<string, Set<string | number>>();
  const told = new Map<string, Map<string, Values>>();

  function learn(value: unknown, by: string, around: Values): void {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) return value.forEach((part) => learn(part, by, around));
    const parts = Object.entries(value);
    const plain = parts.filter((entry): entry is [string, string | number] => isPlain(entry[1]));
    const own = plain.filter(([field]) => leads(field) && !isAnOrders(field, { ...around, ...value }));
    const here = { ...around, ...Object.fromEntries(own) };
    for (const [field, part] of own) remember(values, field, part);
    for (const group of groups) {
      if (!own.some(([field]) => group.includes(field))) continue;
      if (group.every((field) => field in here)) tell(group, here, by);
    }
    for (const [field, part] of parts) learn(Array.isArray(part) ? named(field, part) : part, by, here);
  }

  function tell(group: readonly string[], here: Values, by: string): void {
    const kept = Object.fromEntries(group.map((field) => [field, here[field] ?? '']));
    for (const key of [keyOf(group), keyOf(group, by)]) {
      const known = told.get(key) ?? new Map<string, Values>();
      told.set(key, known);
      known.set(JSON.stringify(kept), kept);
      if (known.size > KEEP) known.delete(known.keys().next().value ?? '');
    }
  }
  return {
    learn: (value, by = '') => learn(value, by, {}),
    pick: (field, n) => at([...(values.get(nameOf(field)) ?? [])], n),
    together(fields, n, by) {
      const known = told.get(keyOf(fields, by));
      return known && at([...known.values()], n);
    },
  };
}

const keyOf = (fields: readonly string[], by = '*'): string => `${by} ${fields.join()}`;
const at = <T>(all: readonly T[], n: number): T | undefined => all[n % Math.max(all.length, 1)];
const isPlain = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

/** An order's reservation is not there to be released by hand: its books would no longer agree, and rightly so. */
const isAnOrders = (field: string, { orderId }: { readonly orderId?: unknown }): boolean =>
  field === 'reservationId' && typeof orderId === 'string';

/** A list of plain values is one of things that have them: `codes: ['A']` tells of a code. */
const named = (field: string, list: readonly unknown[]): unknown[] =>
  list.map((part) => (isPlain(part) ? { [single(field)]: part } : part));

function remember(values: Map<string, Set<string | number>>, field: string, value: string | number): void {
  const known = values.get(field) ?? new Set();
  values.set(field, known.add(value));
  const [oldest] = known;
  if (known.size > KEEP && oldest !== undefined) known.delete(oldest);
}

/** What `{id}` of a path stands for: `/products/{id}` → productId. */
export function fieldOf(parameter: string, template: string): string {
  if (parameter !== 'id') return parameter;
  const before = template.split('/{id}', 1)[0]?.split('/').at(-1) ?? '';
  return nameOf(camel(`${single(before.replace(/ies$/, 'ys'))}Id`));
}

/** A header as answers name it: `Cart-Token` → cartToken. */
export const fieldOfHeader = (name: string): string => camel(name.toLowerCase());

const camel = (name: string): string =>
  name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

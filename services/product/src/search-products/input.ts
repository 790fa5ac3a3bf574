import { z } from 'zod';
import * as input from '#product/input.ts';
import { askedAttributes } from './attribute-pairs.ts';
import { inventoryStatuses, orders, type Search } from './found.ts';
import { locales } from './locales.ts';

/** Each may be several dozen others by a typo, and a server takes a thousand in one search. */
const MOST_WORDS = 12;
const MOST_CHARACTERS = 100;

/** As much of a text as is looked for. */
export const heardOf = (q: string): string =>
  Array.from(q.split(/\s+/).slice(0, MOST_WORDS).join(' ')).slice(0, MOST_CHARACTERS).join('').trim();

const amount = z.string().regex(/^\d{1,15}(\.\d{1,4})?$/, 'a decimal such as 12.50');
const attribute = z
  .string()
  .max(1_100)
  .regex(/^[^:]+:/, 'name:value');

const text = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .meta({ description: `the first ${MOST_WORDS} words count` });
const locale = z.enum(locales).default('en').meta({ description: 'whose word forms and synonyms count' });

export const searchQuery = input.storeQuery.extend({
  q: text,
  locale,
  categoryId: z.string().min(1).max(100).optional(),
  inventoryStatus: z.enum(inventoryStatuses).optional(),
  currency: input.currency.optional(),
  minPrice: amount.optional(),
  maxPrice: amount.optional(),
  attribute: z
    .union([attribute, z.array(attribute).max(10)])
    .optional()
    .meta({ description: 'color:red; several of one name mean any of them, of several names all' }),
  sort: z.enum(orders).default('relevance').meta({ description: 'a leading minus turns the order around' }),
  limit: input.limit,
  cursor: input.cursor,
});

export const suggestQuery = input.storeQuery.extend({
  q: text,
  limit: z.coerce.number().int().min(1).max(20).default(10),
});

export function searchOf(query: z.infer<typeof searchQuery>): Search {
  const { store: _store, cursor: _cursor, attribute: asked = [], ...rest } = query;
  return { ...rest, q: heardOf(rest.q), attributes: askedAttributes([asked].flat()) };
}

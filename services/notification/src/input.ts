import { z } from 'zod';
import { canonicalLocale } from '#templates/locale.ts';

/** Parts of what clients send. */
export const locale = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'a language tag, such as de-AT')
  .transform((tag, context) => {
    const canonical = canonicalLocale(tag);
    if (canonical !== undefined) return canonical;
    context.addIssue({ code: 'custom', message: 'not a language tag' });
    return z.NEVER;
  });
export const recipient = z.string().regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 visible ASCII characters');
export const id = z.string().min(1).max(100);
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).max(500).optional(),
};

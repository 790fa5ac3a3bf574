/** Every built-in text is there in this one. */
export const LAST_LOCALE = 'en';

/** A language tag in its canonical form (`DE-at` → `de-AT`); undefined where it is none. */
export function canonicalLocale(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

/** The locales in which a text is looked for, the best first: `de-AT` → `de-AT`, `de`, `en`. */
export function fallbacks(locale: string | null): string[] {
  const parts = (locale ?? LAST_LOCALE).split('-');
  const own = parts.map((_, index) => parts.slice(0, parts.length - index).join('-'));
  return [...new Set([...own, LAST_LOCALE])];
}

import { readFileSync } from 'node:fs';
import { type Locale, locales } from './locales.ts';

/** Any of `from` also finds all of `to`; each is a phrase of one or more words. */
export interface Rule {
  readonly from: readonly (readonly string[])[];
  readonly to: readonly (readonly string[])[];
}

/** Alternatives of one query: enough for two synonyms in it, few enough for one statement. */
const MOST = 12;

/** The rules of a file, as OpenSearch takes them: without comments and empty lines. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '');

const wordsOf = (text: string): string[] => text.trim().toLowerCase().split(/\s+/).filter(Boolean);
const phrasesOf = (text: string): string[][] => text.split(',').map(wordsOf);

export function ruleOf(line: string): Rule {
  const [left = '', right] = line.split('=>');
  return { from: phrasesOf(left), to: phrasesOf(right ?? left) };
}

/** The text and what it also means, at most a dozen: the rules for stores that know none themselves. */
export function variantsOf(text: string, rules: readonly Rule[]): string[] {
  const given = wordsOf(text);
  const variants = new Map([[given.join(' '), given]]);
  // What is added on the way is looked at too, so that two synonyms in one text meet.
  for (const words of variants.values()) {
    for (let at = 0; at < words.length; at++) {
      for (const replacement of replacementsAt(words, at, rules)) {
        if (variants.size >= MOST) return [...variants.keys()];
        variants.set(replacement.join(' '), replacement);
      }
    }
  }
  return [...variants.keys()];
}

function replacementsAt(words: readonly string[], at: number, rules: readonly Rule[]): string[][] {
  return rules.flatMap(({ from, to }) =>
    from
      .filter((phrase) => phrase.every((word, index) => words[at + index] === word))
      .flatMap((phrase) =>
        to.map((other) => [...words.slice(0, at), ...other, ...words.slice(at + phrase.length)]),
      ),
  );
}

const fileOf = (locale: Locale): string =>
  readFileSync(new URL(`../../synonyms/${locale}.txt`, import.meta.url), 'utf8');

const byLocale = <T>(of: (locale: Locale) => T): Readonly<Record<Locale, T>> =>
  Object.fromEntries(locales.map((locale) => [locale, of(locale)])) as Record<Locale, T>;

/** By locale: the lines of its file. */
export const synonymLines = byLocale((locale) => linesOf(fileOf(locale)));

export const synonymRules = byLocale((locale) => synonymLines[locale].map(ruleOf));

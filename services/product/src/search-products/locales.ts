/** Languages that texts are searched in, each with its analysis in OpenSearch and its configuration in Postgres. */
export const languages = {
  en: {
    regconfig: 'english',
    // Synonyms stand before words are cut to their stems: a rule is written as people write.
    before: ['lowercase', 'asciifolding'],
    after: ['en_stop', 'en_stemmer'],
  },
  de: {
    regconfig: 'german',
    before: ['lowercase', 'german_normalization', 'asciifolding'],
    after: ['de_stop', 'de_stemmer'],
  },
} as const;

export const locales = Object.keys(languages) as (keyof typeof languages)[];

export type Locale = keyof typeof languages;

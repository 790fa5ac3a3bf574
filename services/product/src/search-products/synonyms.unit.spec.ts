import { describe, expect, it } from 'vitest';
import { linesOf, ruleOf, synonymLines, synonymRules, variantsOf } from './synonyms.ts';

const rules = ['mug, cup', 'laptop, notebook computer', 'couch => sofa'].map(ruleOf);

describe('synonyms', () => {
  it('leaves out comments and empty lines', () => {
    expect(linesOf('# of cups\nmug, cup # both\n\n  tv , television \n')).toEqual([
      'mug, cup',
      'tv , television',
    ]);
  });

  it('find each other, alone and together, as phrases too', () => {
    expect(variantsOf('Red  Mug', rules)).toEqual(['red mug', 'red cup']);
    expect(variantsOf('notebook computer', rules)).toEqual(['notebook computer', 'laptop']);
    expect(variantsOf('laptop mug', rules).sort()).toEqual([
      ...['laptop cup', 'laptop mug', 'notebook computer cup', 'notebook computer mug'],
    ]);
  });

  it('go one way where an arrow says so', () => {
    expect(variantsOf('couch', rules)).toEqual(['couch', 'sofa']);
    expect(variantsOf('sofa', rules)).toEqual(['sofa']);
  });

  it('stay few, and come to an end where a rule feeds itself', () => {
    const words = Array.from({ length: 20 }, (_, at) => `w${at}`);
    expect(variantsOf(words.join(' '), [ruleOf(words.join(', '))])).toHaveLength(12);
    expect(variantsOf('a', [ruleOf('a => a a')])).toHaveLength(12);
  });

  it('has no word in the shipped files that would be taken apart or cut off', () => {
    for (const [locale, lines] of Object.entries(synonymLines)) {
      expect(lines.length, locale).toBeGreaterThan(0);
      for (const line of lines) expect(line).toMatch(/^[\p{L}\p{N}' -]+((, |\s*=>\s*)[\p{L}\p{N}' -]+)+$/u);
    }
    expect(variantsOf('beaker', synonymRules.en)).toContain('mug');
    expect(variantsOf('becher', synonymRules.de)).toContain('tasse');
  });
});

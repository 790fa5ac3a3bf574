import { describe, expect, it } from 'vitest';
import { type FileRule, fileRules } from './file-rules.ts';
import { sourceTree, type SourceFile } from './tree.ts';

const tree = sourceTree();

const breaches = ({ applies, broken }: FileRule, files: readonly SourceFile[]): string[] =>
  files
    .filter(({ path }) => applies(path))
    .flatMap((file) => broken(file).map((what) => `${file.path}: ${what}`));

describe('files', () => {
  it('are found', () => {
    expect(tree.length).toBeGreaterThan(200);
  });

  describe.each(fileRules)('$name', (rule) => {
    it('in the whole tree', () => {
      expect(breaches(rule, tree)).toEqual([]);
    });

    it('can fail', () => {
      expect(breaches(rule, [rule.example])).toHaveLength(1);
    });
  });
});

import { describe, expect, it } from 'vitest';
import { sourceTree, type SourceFile } from './tree.ts';

const README_LINES = 40;
const ADR_LINES = 60;
const tree = sourceTree();

const longReadmes = (files: readonly SourceFile[]): string[] => {
  const services = new Set(files.flatMap(({ path }) => /^services\/[^/]+\//.exec(path)?.[0] ?? []));
  return [...services].filter((folder) => {
    const readme = files.find(({ path }) => path === `${folder}README.md`);
    return readme === undefined || readme.text.split('\n').length - 1 > README_LINES;
  });
};

const unexplained = (files: readonly SourceFile[]): string[] => {
  const decisions = files.filter(({ path }) => path.startsWith('docs/adr/')).map(({ text }) => text);
  return files
    .filter(({ path }) => /^(?:packages|services)\/[^/]+\/migrations\/.*\.sql$/.test(path))
    .filter(({ path }) => !decisions.some((text) => text.includes(path)))
    .map(({ path }) => path);
};

const longDecisions = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ path, text }) => /^docs\/adr\/.*\.md$/.test(path) && text.split('\n').length - 1 > ADR_LINES)
    .map(({ path }) => path);

describe('documents', () => {
  it(`every service has a README of at most ${README_LINES} lines`, () => {
    expect(longReadmes(tree)).toEqual([]);
    expect(longReadmes([{ path: 'services/shop/src/main.ts', text: '' }])).toEqual(['services/shop/']);
  });

  it('every migration is named by an architecture decision', () => {
    expect(unexplained(tree)).toEqual([]);
    const migration = { path: 'services/shop/migrations/0001_shop.sql', text: '' };
    expect(unexplained([migration, { path: 'docs/adr/0001-shop.md', text: 'shop' }])).toEqual([
      migration.path,
    ]);
  });

  it(`decisions have at most ${ADR_LINES} lines`, () => {
    expect(longDecisions(tree)).toEqual([]);
    expect(longDecisions([{ path: 'docs/adr/0001-shop.md', text: '\n'.repeat(61) }])).toHaveLength(1);
  });
});

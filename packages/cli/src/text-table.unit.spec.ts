import { describe, expect, it } from 'vitest';
import { textTable } from './text-table.ts';

const head = ['ID', 'PLACE', 'KEY', 'TRIES'];
const row = ['topic:iot-bridge:120', 'p'.repeat(60), 'k'.repeat(30), '3'];
const linesIn = (width?: number) => textTable(head, [row], width).split('\n');

describe('a table', () => {
  it('is as wide as its cells where nothing bounds it', () =>
    expect(linesIn()).toEqual([
      `ID${' '.repeat(20)}PLACE${' '.repeat(57)}KEY${' '.repeat(29)}TRIES`,
      `${row[0]}  ${row[1]}  ${row[2]}  3`,
    ]));

  it('cuts the longest cells to what its terminal takes, and says so', () => {
    const lines = linesIn(80);
    expect(lines[0]).toHaveLength(80);
    expect(lines[1]).toBe(`${row[0]}  ${'p'.repeat(24)}…  ${'k'.repeat(23)}…  3`);
  });

  it('leaves what names a row whole, and titles, on whatever terminal', () => {
    expect(linesIn(10)).toEqual([
      'ID                    PLACE  KEY  TRIES',
      'topic:iot-bridge:120  pppp…  kk…  3',
    ]);
  });
});

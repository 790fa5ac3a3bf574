/**
 * `node tests/authorization/add-operations.ts` brings schemas/authorization/operations.yaml up to the contracts: rows of new
 * operations as their declared roles suggest, rows of operations that are gone removed. What a person wrote stays.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Document, parseDocument, type YAMLMap } from 'yaml';
import { readTable, skeleton, tableFile } from './table.ts';
import { operations } from './contracts.ts';

const document: Document = parseDocument(readFileSync(tableFile, 'utf8'));
const all = operations();
const table = readTable();
for (const [group, rows] of Object.entries(table)) {
  for (const name of Object.keys(rows)) {
    if (all.some((one) => one.group === group && one.name === name)) continue;
    document.deleteIn([group, name]);
    process.stdout.write(`removed  ${group}: ${name}\n`);
  }
  if ((document.get(group) as YAMLMap).items.length === 0) document.delete(group);
}
for (const operation of all) {
  const path = [operation.group, operation.name];
  if (document.hasIn(path)) continue;
  document.setIn(path, skeleton(operation));
  process.stdout.write(`added    ${operation.group}: ${operation.name}: ${skeleton(operation)}\n`);
}
writeFileSync(tableFile, document.toString({ lineWidth: 0 }));

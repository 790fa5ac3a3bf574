import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buf, checkProto, protoImage } from './buf.ts';
import { root } from './read-schemas.ts';

describe('protos', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'schemas-'));
    cpSync(join(root, 'schemas/buf.yaml'), join(copy, 'buf.yaml'));
    cpSync(join(root, 'schemas/proto'), join(copy, 'proto'), { recursive: true });
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  it('are clean and not broken since their last release', () => {
    expect(() => checkProto()).not.toThrow();
  });

  it('may not change the type of a released field', () => {
    const path = join(copy, 'proto/tradewind/inventory/v1/inventory.proto');
    writeFileSync(path, readFileSync(path, 'utf8').replace('int32 qty = 3;', 'string qty = 3;'));
    expect(() => buf('breaking', copy, '--against', protoImage)).toThrow(/qty.*changed type/s);
  });
});

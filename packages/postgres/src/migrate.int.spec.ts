import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { migrate } from './migrate.ts';

describe('migrate', () => {
  let database: TestDatabase;
  let dir: string;

  beforeEach(async () => {
    database = await templateDatabase();
    dir = await mkdtemp(join(tmpdir(), 'migrations-'));
    await writeFile(join(dir, '0001_notes.sql'), 'create table notes (id int primary key);');
    await writeFile(
      join(dir, '0002_body.sql'),
      'alter table notes add body text; insert into notes values (1);',
    );
  });
  afterEach(async () => {
    await database.drop();
    await rm(dir, { recursive: true });
  });

  const run = () => migrate({ ownerUrl: database.ownerUrl, folders: [{ name: 'notes-test', dir }] });
  async function count(table: string): Promise<number> {
    const client = new pg.Client(database.ownerUrl);
    await client.connect();
    const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    await client.end();
    return rows[0]?.n ?? -1;
  }

  it('applies what is missing, in order, and nothing twice', async () => {
    expect(await run()).toEqual(['0001_notes', '0002_body']);
    expect(await run()).toEqual([]);
    await writeFile(join(dir, '0003_more.sql'), 'insert into notes values (2);');
    expect(await run()).toEqual(['0003_more']);
    expect(await count('notes')).toBe(2);
  });

  it('applies each file once when several processes start together', async () => {
    const applied = await Promise.all([run(), run(), run()]);
    expect(applied.flat().toSorted()).toEqual(['0001_notes', '0002_body']);
    expect(await count('notes')).toBe(1);
  });

  it('names the file that fails, and keeps nothing of it', async () => {
    await writeFile(join(dir, '0003_bad.sql'), 'insert into notes values (3); select nonsense;');
    await expect(run()).rejects.toThrow(/migration 0003_bad of notes-test failed: .*nonsense/);
    await writeFile(join(dir, '0003_bad.sql'), 'insert into notes values (3);');
    await run();
    expect(await count('notes')).toBe(2);
  });
});

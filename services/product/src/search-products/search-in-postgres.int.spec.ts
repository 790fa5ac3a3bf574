import { afterAll, beforeAll, describe } from 'vitest';
import { type SearchBench, searchBench } from './search.fixture.ts';
import { searching } from './searching.fixture.ts';

describe('product search in Postgres', () => {
  let bench: SearchBench;

  beforeAll(async () => {
    bench = await searchBench('postgres');
  });
  afterAll(() => bench?.close());

  searching(() => bench);
});

import { describe, expect, it } from 'vitest';
import { at, given, mug } from '#product/product.fixture.ts';
import { archiveProduct } from './decide.ts';

const command = { expectedVersion: undefined, now: at(5) };

describe('archive a product', () => {
  it('closes it', () => {
    const archived = given(archiveProduct(mug(), command), mug());
    expect(archived).toEqual({ ...mug(), status: 'ARCHIVED', version: 2, updatedAt: at(5) });
  });

  it('happens once', () => {
    const archived = given(archiveProduct(mug(), command), mug());
    expect(archiveProduct(archived, command)).toEqual([]);
  });

  it('is refused for one that is not there', () => {
    expect(() => archiveProduct(undefined, command)).toThrow(
      expect.objectContaining({ code: 'PRODUCT_NOT_FOUND' }),
    );
  });
});

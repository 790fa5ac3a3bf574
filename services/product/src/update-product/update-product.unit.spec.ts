import { describe, expect, it } from 'vitest';
import { archiveProduct } from '#archive-product/decide.ts';
import { at, given, mug } from '#product/product.fixture.ts';
import { updateProduct } from './decide.ts';

const command = { expectedVersion: undefined, now: at(5) };

describe('update a product', () => {
  it('changes what is given and names it', () => {
    const events = updateProduct(mug(), { ...command, patch: { name: 'Ruby mug', categoryId: null } });
    expect(events).toMatchObject([{ payload: { changedFields: ['name', 'categoryId'], version: 2 } }]);
    expect(given(events, mug())).toEqual({
      ...mug(),
      name: 'Ruby mug',
      categoryId: null,
      version: 2,
      updatedAt: at(5),
    });
  });

  it('is nothing where nothing differs, also in another order of keys', () => {
    const product = { ...mug(), attributes: { a: '1', b: '2' } };
    const patch = { name: product.name, attributes: { b: '2', a: '1' }, images: [...product.images] };
    expect(updateProduct(product, { ...command, patch })).toEqual([]);
  });

  it('is refused when another version was expected, and tells the current one', () => {
    expect(() => updateProduct(mug(), { ...command, expectedVersion: 2, patch: { name: 'x' } })).toThrow(
      expect.objectContaining({ code: 'VERSION_CONFLICT', details: { currentVersion: 1 } }),
    );
  });

  it('is refused for a product that is archived or not there', () => {
    const archived = given(archiveProduct(mug(), command), mug());
    const patch = { name: 'x' };
    expect(() => updateProduct(archived, { ...command, patch })).toThrow(
      expect.objectContaining({ code: 'PRODUCT_ARCHIVED' }),
    );
    expect(() => updateProduct(undefined, { ...command, patch })).toThrow(
      expect.objectContaining({ code: 'PRODUCT_NOT_FOUND' }),
    );
  });

  it('never goes back in time', () => {
    const product = { ...mug(), updatedAt: at(9) };
    expect(given(updateProduct(product, { ...command, patch: { name: 'x' } }), product).updatedAt).toEqual(
      at(9),
    );
  });
});

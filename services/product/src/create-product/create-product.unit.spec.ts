import { describe, expect, it } from 'vitest';
import { at, given, mug, newMug } from '#product/product.fixture.ts';
import { createProduct } from './decide.ts';

describe('create a product', () => {
  it('is active, at version 1, with its first price', () => {
    const product = given(createProduct(undefined, newMug));
    const { now: _, ...fields } = newMug;
    expect(product).toEqual({
      ...fields,
      status: 'ACTIVE',
      version: 1,
      priceSince: at(0),
      createdAt: at(0),
      updatedAt: at(0),
    });
  });

  it('keeps every digit of currencies with none or three', () => {
    expect(
      given(createProduct(undefined, { ...newMug, priceMinor: 1250n, currency: 'JPY' })).priceMinor,
    ).toBe(1250n);
    expect(
      given(createProduct(undefined, { ...newMug, priceMinor: 1251n, currency: 'KWD' })).priceMinor,
    ).toBe(1251n);
  });

  it('happens once', () => {
    expect(createProduct(mug(), newMug)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { abandonCart } from '#abandon-carts/decide.ts';
import { addItem } from '#add-item/decide.ts';
import { changeItem } from '#change-item/decide.ts';
import { addCode, removeCode } from '#codes/decide.ts';
import { mergeCarts } from '#merge-cart/decide.ts';
import { mayOpen } from './caller.ts';
import { cartOf, item, LATER, NOW } from './cart.fixture.ts';
import { MAX_LINES, MAX_QTY } from './cart.ts';

const at = { now: LATER, expectedVersion: undefined };
const add = (productId: string, qty: number) => ({ itemId: `I-${productId}`, productId, qty, ...at });
const codeOf = (act: () => unknown): unknown => {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('lines', () => {
  it('take more pieces of a product that is there, under the id they have', () => {
    const once = addItem(cartOf(), add('P1', 2));
    const twice = addItem(once, { ...add('P1', 3), itemId: 'another' });
    expect(twice).toMatchObject({ items: [{ itemId: 'I-P1', qty: 5 }], version: 3, updatedAt: LATER });
  });

  it('are limited in number and pieces', () => {
    const items = Array.from({ length: MAX_LINES }, (_, n) => item(`P${n}`));
    expect(codeOf(() => addItem(cartOf({ items }), add('NEW', 1)))).toBe('CART_FULL');
    expect(addItem(cartOf({ items }), add('P7', 1)).items).toHaveLength(MAX_LINES);
    const full = cartOf({ items: [item('P1', MAX_QTY)] });
    expect(codeOf(() => addItem(full, add('P1', 1)))).toBe('QTY_TOO_LARGE');
  });

  it('are set and taken out; what changes nothing is no version', () => {
    const cart = cartOf({ items: [item('P1', 2), item('P2')] });
    expect(changeItem(cart, { itemId: 'I-P1', qty: 7, ...at }).items[0]).toMatchObject({ qty: 7 });
    expect(changeItem(cart, { itemId: 'I-P1', qty: 0, ...at }).items).toEqual([item('P2')]);
    expect(changeItem(cart, { itemId: 'I-P1', qty: 2, ...at })).toBe(cart);
    expect(codeOf(() => changeItem(cart, { itemId: 'I-P9', qty: 1, ...at }))).toBe('ITEM_NOT_FOUND');
  });

  it('are not changed on top of another version, or in a cart that is closed', () => {
    const stale = { ...add('P1', 1), expectedVersion: 1 };
    expect(codeOf(() => addItem(cartOf({ version: 2 }), stale))).toBe('VERSION_CONFLICT');
    const codes = {
      CHECKED_OUT: 'CART_CHECKED_OUT',
      CHECKING_OUT: 'CART_CHECKING_OUT',
      MERGED: 'CART_MERGED',
    };
    for (const [status, code] of Object.entries(codes)) {
      expect(codeOf(() => addItem(cartOf({ status: status as 'MERGED' }), add('P1', 1)))).toBe(code);
    }
  });
});

describe('codes', () => {
  it('are there once, whatever their capitals', () => {
    const cart = addCode(cartOf(), { code: 'Welcome', ...at });
    expect(addCode(cart, { code: 'WELCOME', ...at })).toBe(cart);
    expect(removeCode(cart, { code: 'welcome', ...at }).codes).toEqual([]);
    expect(codeOf(() => removeCode(cart, { code: 'OTHER', ...at }))).toBe('CODE_NOT_FOUND');
  });

  it('are at most ten', () => {
    const codes = Array.from({ length: 10 }, (_, n) => `CODE-${n}`);
    expect(codeOf(() => addCode(cartOf({ codes }), { code: 'MORE', ...at }))).toBe('TOO_MANY_CODES');
  });
});

describe('a merge', () => {
  const anonymous = cartOf({
    cartId: 'C-2',
    userId: null,
    tokenHash: 'hash',
    items: [item('P1', 2), item('P2')],
    codes: ['A'],
  });
  const mine = cartOf({ items: [item('P1', 1)], codes: ['B'] });
  const by = { userId: 'USER-9', ...at };

  it('adds pieces and codes, and closes the other cart', () => {
    const [into, from] = mergeCarts(anonymous, mine, by);
    expect(into).toMatchObject({
      cartId: 'C-1',
      items: [item('P1', 3), item('P2')],
      codes: ['B', 'A'],
      version: 2,
    });
    expect(from).toMatchObject({ status: 'MERGED', mergedInto: 'C-1', userId: 'USER-9' });
    expect(mergeCarts(from!, into!, by)).toEqual([]);
    expect(codeOf(() => mergeCarts(from!, cartOf({ cartId: 'C-3' }), by))).toBe('CART_MERGED');
  });

  it('takes what a line can hold', () => {
    const [into] = mergeCarts(anonymous, cartOf({ items: [item('P1', MAX_QTY)] }), by);
    expect(into?.items[0]?.qty).toBe(MAX_QTY);
  });

  it('of a cart with itself makes it the customer’s, once', () => {
    const [own] = mergeCarts(anonymous, anonymous, by);
    expect(own).toMatchObject({ cartId: 'C-2', userId: 'USER-9', status: 'OPEN', items: anonymous.items });
    expect(mergeCarts(own!, own!, by)).toEqual([]);
  });
});

describe('a cart is open', () => {
  it('to its customer, or to its token while it has none', () => {
    const caller = { storeId: 'STORE-1', userId: undefined, tokenHash: undefined, segment: undefined };
    const anonymous = cartOf({ userId: null, tokenHash: 'hash' });
    expect(mayOpen(anonymous, { ...caller, tokenHash: 'hash' })).toBe(true);
    expect(mayOpen(anonymous, caller)).toBe(false);
    expect(mayOpen(anonymous, { ...caller, userId: 'USER-9', tokenHash: 'other' })).toBe(false);
    const taken = cartOf({ tokenHash: 'hash' });
    expect(mayOpen(taken, { ...caller, tokenHash: 'hash' })).toBe(false);
    expect(mayOpen(taken, { ...caller, userId: 'USER-9' })).toBe(true);
  });
});

describe('a cart that nobody touches', () => {
  const cart = cartOf({ items: [item('P1', 2)] });
  const idle = LATER.getTime() - NOW.getTime();

  it('is given up once, and told of', () => {
    const { cart: left, events } = abandonCart(cart, idle, LATER);
    expect(left).toMatchObject({ status: 'ABANDONED', version: 2 });
    expect(events).toMatchObject([
      {
        payload: {
          cartId: 'C-1',
          items: [{ productId: 'P1', qty: 2 }],
          lastChangedAt: NOW,
          abandonedAt: LATER,
        },
      },
    ]);
    expect(abandonCart(left, idle, new Date(LATER.getTime() + idle)).events).toEqual([]);
  });

  it('stays while it is empty, or was touched', () => {
    expect(abandonCart(cartOf(), idle, LATER).events).toEqual([]);
    expect(abandonCart(cart, idle + 1, LATER).cart).toBe(cart);
  });

  it('is open again after a change', () => {
    const { cart: left } = abandonCart(cart, idle, LATER);
    expect(addItem(left, add('P2', 1)).status).toBe('OPEN');
  });
});

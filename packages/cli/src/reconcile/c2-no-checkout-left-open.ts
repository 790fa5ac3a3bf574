import type { Invariant } from './invariant.ts';

interface Row {
  readonly cartId: string;
  readonly tries: number;
  readonly seconds: number;
}

/** The timer asks after 15 s, and again after 15 and 30. */
const GRACE_SECONDS = 90;

const stuck = `
  select cart_id as "cartId", checkout_tries as tries, extract(epoch from now() - updated_at)::float8 as seconds
  from carts where status = 'CHECKING_OUT' and updated_at < now() - make_interval(secs => $1)`;

export const noCheckoutLeftOpen: Invariant = {
  id: 'C2',
  title: 'no cart is left checking out',
  async check(stack) {
    if (!stack.has('cart')) return [];
    const rows = await stack.query<Row>('cart', stuck, [GRACE_SECONDS]);
    return rows.map(({ cartId, tries, seconds }) => ({
      subject: cartId,
      what: `is CHECKING_OUT for ${Math.round(seconds)} s, after ${tries} tries of the timer`,
    }));
  },
};

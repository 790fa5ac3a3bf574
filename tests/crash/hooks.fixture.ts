import { openPartner, type Partner, subscribe } from '../e2e/partner.fixture.ts';

/** A partner's endpoint, and what it got. */
export interface Hooks {
  readonly partner: Partner;
  readonly subscriptionId: string;
}

export async function listen(): Promise<Hooks> {
  const partner = await openPartner();
  return { partner, ...(await subscribe(partner.url, ['ecommerce.order.*'])) };
}

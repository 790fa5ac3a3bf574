import type { FastifyRequest } from 'fastify';
import type { CarrierFault, Label } from '#carrier.ts';
import type { Account } from '#config.ts';
import type { Desk } from '#desk.ts';
import type { Answer, Treat } from '#treatment.ts';

/** What each carrier's routes are made of. */
export interface CarrierParts {
  readonly desk: Desk;
  readonly account: Account;
  readonly now: () => number;
  readonly treatment: (refusal: (fault: CarrierFault) => Answer) => Treat;
  /** Where this label's document is, as the asking client reaches it. */
  readonly documentUrl: (request: FastifyRequest, label: Label) => string;
}

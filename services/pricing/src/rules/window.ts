import * as input from '#input.ts';

/** When a rule holds. */
export interface WindowTerms {
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
}

interface GivenWindow {
  readonly startsAt?: string | null | undefined;
  readonly endsAt?: string | null | undefined;
}

export const windowFields = {
  startsAt: input.instant.nullable().optional(),
  endsAt: input.instant.nullable().optional(),
};

const dateIn = (given: string | null | undefined, before: Date | null): Date | null => {
  if (given === undefined) return before;
  return given === null ? null : new Date(given);
};

/** What is given takes the place of what was; null opens that side. */
export const windowIn = (
  { startsAt, endsAt }: GivenWindow,
  before: WindowTerms = { startsAt: null, endsAt: null },
): WindowTerms => ({
  startsAt: dateIn(startsAt, before.startsAt),
  endsAt: dateIn(endsAt, before.endsAt),
});

/** As the engine takes it. */
export const engineWindow = ({ startsAt, endsAt }: WindowTerms) => ({
  startsAt: startsAt?.getTime(),
  endsAt: endsAt?.getTime(),
});

export const windowView = ({ startsAt, endsAt }: WindowTerms) => ({
  startsAt: startsAt?.toISOString() ?? null,
  endsAt: endsAt?.toISOString() ?? null,
});

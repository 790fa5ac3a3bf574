import { expect } from 'vitest';
import { tw } from './cli.fixture.ts';

export interface Report {
  readonly quiet: boolean;
  readonly invariants: readonly { id: string; violations: readonly { subject: string; what: string }[] }[];
}

export async function reconcile(...args: string[]): Promise<{ code: number; report: Report }> {
  const { code, output, errors } = await tw('reconcile', '--json', ...args);
  if (!output.startsWith('{')) throw new Error(errors);
  return { code, report: JSON.parse(output) as Report };
}

/** Breaks a row, expects this one invariant to say so with this subject, and repairs the row. */
export async function caught(
  id: string,
  subject: () => string,
  breakIt: () => Promise<unknown>,
  repair: () => Promise<unknown>,
  ...args: string[]
): Promise<void> {
  await breakIt();
  try {
    const { code, report } = await reconcile('--only', id, '--wait', '0', ...args);
    const found = report.invariants[0]?.violations ?? [];
    expect(code).toBe(1);
    expect(
      found.some((one) => `${one.subject} ${one.what}`.includes(subject())),
      JSON.stringify(found),
    ).toBe(true);
  } finally {
    await repair();
  }
  expect((await reconcile('--only', id, '--wait', '20')).report.invariants[0]?.violations).toEqual([]);
}

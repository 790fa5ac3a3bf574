import { isDomainError } from '@tradewind/kernel/errors.ts';
import { toJson } from '@tradewind/contracts/json.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { textTable } from '#text-table.ts';
import { formatId, type Letter, type LetterContent } from './letter.ts';

const LONGEST_ERROR = 60;

const age = (seconds: number): string =>
  seconds < 120
    ? `${Math.round(seconds)} s`
    : seconds < 7_200
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3_600)} h`;

/** Pure. */
export function describeLetters(letters: readonly Letter[], width?: number): string {
  if (letters.length === 0) return 'no dead letters';
  const rows = letters.map((one) => [
    formatId(one.id),
    one.id.kind === 'parked' ? one.id.database : `${one.id.kind}:${one.id.database}`,
    one.consumer,
    `${one.topic} ${one.place ?? ''}`.trimEnd(),
    one.key,
    String(one.attempts),
    age(one.ageSeconds),
    String(one.behind),
    `${one.errorCode} ${one.error}`.trim().slice(0, LONGEST_ERROR),
  ]);
  const head = ['ID', 'SERVICE', 'CONSUMER', 'PLACE', 'KEY', 'TRIES', 'AGE', 'BEHIND', 'ERROR'];
  return textTable(head, rows, width);
}

export async function describeLetter(
  stack: RunningStack,
  letter: Letter,
  content: LetterContent,
): Promise<string> {
  const { retryInSeconds } = letter;
  const next =
    retryInSeconds === undefined ? 'when an operator says so' : `in ${age(Math.max(retryInSeconds, 0))}`;
  const facts = [
    ['id', formatId(letter.id)],
    ['consumer', letter.consumer],
    ['tenant', letter.storeId],
    ['place', `${letter.topic} ${letter.place ?? '(not published)'}`],
    ['key', letter.key],
    ['error', `${letter.errorCode} ${letter.error}`],
    ['tries', `${letter.attempts}; next ${next}`],
    ['behind', `${letter.behind} events of this key wait`],
    ...Object.entries(content.headers).map(([name, value]) => [`header ${name}`, value]),
  ];
  const width = Math.max(...facts.map(([name = '']) => name.length));
  const lines = facts.map(([name = '', value = '']) => `${name.padEnd(width)}  ${value}`);
  const body = letter.id.kind === 'topic' ? asSent(content.payload) : await decoded(stack, content.payload);
  return [...lines, '', body].join('\n');
}

/** The event as JSON; what cannot be read as one is shown byte by byte. */
async function decoded(stack: RunningStack, payload: Buffer): Promise<string> {
  try {
    return JSON.stringify(toJson(await stack.schemas.decode(payload)), null, 2);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return `not readable (${error.code}: ${error.message})\n${payload.toString('hex')}`;
  }
}

/** What a device sent: mostly text. */
function asSent(payload: Buffer): string {
  const text = payload.toString();
  return Buffer.from(text).equals(payload) ? text : payload.toString('hex');
}

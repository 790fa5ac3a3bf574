import { UsageError } from '#arguments.ts';
import { parseFrom, parseTime } from './start-of-reading.ts';

/** Options of `./tw replay` as the service's own program takes them. */
export interface ReplayArguments {
  readonly verify: boolean;
  readonly hold: boolean;
  readonly rollback: boolean;
  readonly 'drop-old': boolean;
  readonly 'full-speed': boolean;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly rate?: string | undefined;
  readonly store?: string | undefined;
}

/**
 * Pure but for the clock. What does not go together is refused here, before anything is begun.
 * @throws UsageError
 */
export function argumentsFor(given: ReplayArguments, now = Date.now()): string[] {
  const { verify, hold, rollback, from: fromText, until: untilText, rate, store } = given;
  const from = parseFrom(fromText);
  const until = untilText === undefined ? undefined : parseTime(untilText);
  if (Number.isNaN(until))
    throw new UsageError(`--until ${untilText}: give 2026-01-31T12:00:00Z or epoch ms`);
  const since = from.kind === 'time' ? from.epochMs : undefined;
  for (const [name, time] of Object.entries({ from: since, until }))
    if (time !== undefined && time > now)
      throw new UsageError(`--${name} ${new Date(time).toISOString()}: that lies in the future`);
  if (since !== undefined && until !== undefined && until <= since)
    throw new UsageError('--until has to be later than --from');
  if (rate !== undefined && given['full-speed'])
    throw new UsageError('give --rate or --full-speed, not both');
  if (rate !== undefined && !(Number.isSafeInteger(Number(rate)) && Number(rate) >= 1))
    throw new UsageError(`--rate ${rate}: a whole number of events a second is needed`);
  const partly = fromText ?? untilText;
  if ((rollback || given['drop-old']) && (partly !== undefined || hold || (rollback && given['drop-old'])))
    throw new UsageError('--rollback and --drop-old read no part of a log, hold nothing, and go alone');
  if (given['drop-old']) return ['--drop-old'];
  return [
    ...(rollback ? ['--rollback'] : []),
    ...(verify ? ['--verify'] : []),
    ...(hold ? ['--hold'] : []),
    ...(given['full-speed'] ? ['--full-speed'] : []),
    ...(from.kind === 'everything'
      ? []
      : ['--from', from.kind === 'time' ? String(from.epochMs) : from.text]),
    ...(until === undefined ? [] : ['--until', String(until)]),
    ...(rate === undefined ? [] : ['--rate', rate]),
    ...(store === undefined ? [] : ['--store', store]),
  ];
}

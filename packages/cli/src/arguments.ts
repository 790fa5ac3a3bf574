import { type ArgsDef, type CommandDef, parseArgs } from 'citty';

/** A mistake in how the CLI was called: exit code 2, with a pointer to `--help`. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Flags that a command does not know are refused: a mistyped `--wpie` must not run as if it were absent. */
export function refuseUnknownFlags(definition: ArgsDef, rawArgs: readonly string[]): void {
  const known = new Set(
    Object.entries(definition).flatMap(([name, it]) => [
      name,
      `no-${name}`,
      ...('alias' in it ? [it.alias ?? []].flat() : []),
    ]),
  );
  const end = rawArgs.indexOf('--');
  for (const raw of end < 0 ? rawArgs : rawArgs.slice(0, end)) {
    const flag = /^--?([A-Za-z][\w-]*)/.exec(raw)?.[1];
    if (flag !== undefined && !known.has(flag)) throw new UsageError(`unknown option ${raw.split('=')[0]}`);
  }
}

/**
 * An argument too many (except after one whose `valueHint` ends in …, a list), or an option without its value, is refused: `./tw down wipe` must not run as if it had said nothing,
 * nor `./tw token --sub` sign for nobody.
 */
export function refuseMisplaced(definition: ArgsDef, rawArgs: readonly string[]): void {
  const parsed = parseArgs([...rawArgs], definition);
  const positional = Object.values(definition).filter(({ type }) => type === 'positional');
  const list = positional.some((one) => one.valueHint?.endsWith('…'));
  const extra = list ? undefined : parsed._[positional.length];
  if (extra !== undefined) throw new UsageError(`unexpected argument ${extra}`);
  for (const [name, { type }] of Object.entries(definition)) {
    const value = (parsed as Record<string, unknown>)[name];
    if (type === 'string' && value === '') throw new UsageError(`--${name} needs a value`);
  }
}

/** Of an option that is a number. */
export function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0))
    throw new UsageError(`--${option} ${text}: a number from 0 is needed`);
  return number;
}

/** Follows sub-command names (`dlq ls`) down to the command that runs. */
export async function descend(
  command: CommandDef,
  rawArgs: readonly string[],
): Promise<{ command: CommandDef; parent?: CommandDef; rest: string[] }> {
  const children = await resolve(command.subCommands);
  const name = rawArgs[0];
  if (children === undefined || name === undefined || name.startsWith('-'))
    return { command, rest: [...rawArgs] };
  const child = Object.hasOwn(children, name) ? children[name] : undefined;
  if (child === undefined)
    throw new UsageError(`unknown command ${name}; there are ${Object.keys(children).join(', ')}`);
  return { parent: command, ...(await descend((await resolve(child)) as CommandDef, rawArgs.slice(1))) };
}

/** citty takes values, promises and functions of either alike. */
export async function resolve<T>(value: T | Promise<T> | (() => T) | (() => Promise<T>)): Promise<T> {
  return typeof value === 'function' ? await (value as () => T | Promise<T>)() : await value;
}

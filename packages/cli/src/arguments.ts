import type { ArgsDef, CommandDef } from 'citty';

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

import { readdirSync } from 'node:fs';
import { defineCommand, renderUsage, runCommand, type ArgsDef, type CommandDef } from 'citty';
import { descend, refuseMisplaced, refuseUnknownFlags, resolve, UsageError } from '#arguments.ts';

// One file per command, found by its name and loaded only when asked for.
const folder = new URL('./commands/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => /^[a-z-]+\.(ts|js)$/.test(file))
  .map((file) => file.replace(/\.(ts|js)$/, ''));
const load = async (name: string): Promise<CommandDef> => {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return ((await import(new URL(`${name}.${extension}`, folder).href)) as { default: CommandDef }).default;
};

const tradewind = defineCommand({
  meta: { name: 'tw', description: 'Tradewind: the local stack, its tests and its operations' },
  subCommands: Object.fromEntries(names.map((name) => [name, () => load(name)])),
});

async function main(argv: readonly string[]): Promise<void> {
  const { command, parent, rest } = await descend(tradewind, argv);
  const asked = rest.includes('--help') || rest.includes('-h');
  if (asked || (command.run === undefined && rest.length === 0)) {
    console.log(await renderUsage(command, parent));
    process.exitCode = asked || argv.length === 0 ? 0 : 2;
    return;
  }
  const definition = (await resolve(command.args ?? {})) as ArgsDef;
  refuseUnknownFlags(definition, rest);
  refuseMisplaced(definition, rest);
  await runCommand(command, { rawArgs: rest });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const usage = error instanceof UsageError || (error instanceof Error && error.name === 'CLIError');
  const fix =
    error instanceof Error && 'fix' in error && typeof error.fix === 'string' ? `\n  → ${error.fix}` : '';
  const hint = usage ? '\n  → ./tw --help' : fix;
  console.error(`tw: ${error instanceof Error ? error.message : String(error)}${hint}`);
  if (process.env['TW_DEBUG'] === '1' && error instanceof Error) console.error(error.stack);
  process.exitCode = usage ? 2 : 1;
});

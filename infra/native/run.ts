import { spawn } from 'node:child_process';

/** What a person can do about a failure belongs into the message; `fix` is the command to type, where there is one. */
export class SetupError extends Error {
  readonly fix: string | undefined;
  constructor(message: string, fix?: string) {
    super(message);
    this.name = 'SetupError';
    this.fix = fix;
  }
}

export interface RunOptions {
  cwd?: string;
  /** The whole environment; the caller's own when left out. */
  env?: Record<string, string | undefined>;
  input?: string;
}

/** Runs a command to its end and returns what it printed; SetupError with the last lines of its output on failure. */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const result = await attempt(command, args, options);
  if (result.code === 0) return result.output;
  const tail = result.output.trim().split('\n').slice(-8).join('\n');
  throw new SetupError(`${command} ${args.slice(0, 3).join(' ')} failed (${result.code})\n${tail}`);
}

/** Like `run`, but a failure is an answer: `code` is the exit status, or why the command could not be run. */
export function attempt(
  command: string,
  args: string[],
  options: RunOptions = {},
): Promise<{ code: number | string; output: string }> {
  return new Promise((done) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (part: Buffer) => (output += part.toString()));
    child.stderr.on('data', (part: Buffer) => (output += part.toString()));
    // A command that ends without reading its input closes the pipe: that is its right.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (error: NodeJS.ErrnoException) =>
      done({ code: error.code ?? 'ERROR', output: error.message }),
    );
    child.on('close', (code, signal) => done({ code: code ?? signal ?? 'ERROR', output }));
  });
}

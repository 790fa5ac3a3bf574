import { readFile } from 'node:fs/promises';
import type { Tally } from './suite.ts';

const TAIL_LINES = 60;

export function line(name: string, { passed, failed }: Tally, ms: number, note = ''): string {
  const mark = failed > 0 ? '✖' : passed > 0 ? '✔' : '–';
  const counts =
    passed + failed === 0 ? note || 'none' : `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`;
  return `${mark} ${name.padEnd(13)} ${(ms / 1000).toFixed(1).padStart(6)} s   ${counts}`;
}

/** The end of a log: where tests say what failed. */
export async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n');
  const shown = lines.slice(-TAIL_LINES).map((it) => `    ${it}`);
  const left = lines.length - shown.length;
  return [...(left > 0 ? [`    … ${left} lines before (${file})`] : []), ...shown].join('\n');
}

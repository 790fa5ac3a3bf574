import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from './apt.ts';
import { isExecutable, which } from './find.ts';
import type { Say } from './launch.ts';
import { attempt } from './run.ts';

const MINIMUM = 17;

/** A Java of version 17 or later: JAVA_HOME, PATH, then the machine's own folders; undefined where there is none. */
export async function findJava(): Promise<string | undefined> {
  const home = process.env['JAVA_HOME'];
  const onPath = which('java');
  const candidates = [
    ...(home === undefined ? [] : [join(home, 'bin/java')]),
    ...(onPath === undefined ? [] : [onPath]),
    ...installed(),
  ];
  for (const java of candidates.filter(isExecutable)) {
    const { code, output } = await attempt(java, ['-XX:-UsePerfData', '-version']);
    if (code === 0 && Number(/version "(\d+)/.exec(output)?.[1] ?? 0) >= MINIMUM) return java;
  }
  return undefined;
}

/** Like `findJava`, but installs Debian's when there is none. */
export async function requireJava(say: Say): Promise<string> {
  const found = await findJava();
  if (found !== undefined) return found;
  await aptInstall(['openjdk-17-jre-headless'], say);
  return (await findJava()) ?? 'java';
}

function installed(): string[] {
  try {
    return readdirSync('/usr/lib/jvm').map((name) => join('/usr/lib/jvm', name, 'bin/java'));
  } catch {
    return [];
  }
}

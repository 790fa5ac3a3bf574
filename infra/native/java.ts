import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from './apt.ts';
import { isExecutable, which } from './find.ts';
import type { Say } from './launch.ts';
import { attempt } from './run.ts';

/** Major versions that will do. */
export interface JavaVersions {
  readonly from: number;
  readonly to: number;
}

const ANY: JavaVersions = { from: 17, to: Number.POSITIVE_INFINITY };

/** A Java of one of these versions: JAVA_HOME, PATH, then the machine's own folders; undefined where there is none. */
export async function findJava({ from, to }: JavaVersions = ANY): Promise<string | undefined> {
  const home = process.env['JAVA_HOME'];
  const onPath = which('java');
  const candidates = [
    ...(home === undefined ? [] : [join(home, 'bin/java')]),
    ...(onPath === undefined ? [] : [onPath]),
    ...installed(),
  ];
  for (const java of candidates.filter(isExecutable)) {
    const { code, output } = await attempt(java, ['-XX:-UsePerfData', '-version']);
    const version = Number(/version "(\d+)/.exec(output)?.[1] ?? 0);
    if (code === 0 && version >= from && version <= to) return java;
  }
  return undefined;
}

/** Like `findJava`, but installs Debian's when there is none. */
export async function requireJava(say: Say, versions?: JavaVersions): Promise<string> {
  const found = await findJava(versions);
  if (found !== undefined) return found;
  await aptInstall(['openjdk-17-jre-headless'], say);
  return (await findJava(versions)) ?? 'java';
}

function installed(): string[] {
  try {
    return readdirSync('/usr/lib/jvm').map((name) => join('/usr/lib/jvm', name, 'bin/java'));
  } catch {
    return [];
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '#places.ts';
import { eventTopics } from '#reconcile/event-log.ts';

/** A handler that keeps its receipts in its service's inbox. */
export interface Consumer {
  readonly service: string;
  readonly name: string;
  readonly eventType: string;
}

export interface ProjectionSource {
  readonly service: string;
  readonly name: string;
  readonly topics: readonly string[];
  /** Where it stands where the real stores run. */
  readonly store: string;
}

const handler = /\bon\(\s*'([^']+)',\s*'([^']+)'/;

/**
 * Who consumes what, from the services' own declarations: one subscribed event per file of `src/on`, one read model per
 * file of `src/projections`. Services are never imported from outside, so their text is read.
 */
export async function declaredConsumers(root = checkout): Promise<Consumer[]> {
  const files = await sources(root, 'src/on');
  return files.flatMap(({ service, text }) => {
    const [, eventType, name] = handler.exec(text) ?? [];
    // One that guards its sink by the aggregate's version (a cache) takes neither the inbox nor the delivery that has it.
    const keepsReceipts = /\b(?:inbox|delivery)\b/.test(text);
    return eventType === undefined || name === undefined || !keepsReceipts
      ? []
      : [{ service, name, eventType }];
  });
}

export async function declaredProjections(root = checkout): Promise<ProjectionSource[]> {
  const files = await sources(root, 'src/projections');
  return files.flatMap(({ service, file, text }) => {
    if (!/\b(?:summedP|p)rojection(?:<\w+>)?\(/.test(text)) return [];
    const name = /\bname: '([a-z0-9_]+)'/.exec(text)?.[1] ?? file.replace(/\.ts$/, '').replaceAll('-', '_');
    const store = /\bstore: \{\s*kind: '([a-z+]+)'/.exec(text)?.[1] ?? 'postgres';
    return [{ service, name, topics: topicsIn(text), store }];
  });
}

/** A projection names its topics, or events whose topics it takes. */
function topicsIn(text: string): string[] {
  const list = /\btopics:([\s\S]*?)\n\s*key\b/.exec(text)?.[1] ?? '';
  return eventTopics.filter((topic) => list.includes(`'${topic}'`) || list.includes(`'${topic}.`));
}

async function sources(
  root: string,
  folder: string,
): Promise<{ service: string; file: string; text: string }[]> {
  const services = await readdir(join(root, 'services'));
  const found = await Promise.all(
    services.map(async (service) => {
      const path = join(root, 'services', service, folder);
      const files = await readdir(path).catch(() => []);
      const code = files.filter((file) => file.endsWith('.ts') && !/\.(spec|fixture)\.ts$/.test(file));
      return Promise.all(
        code.map(async (file) => ({ service, file, text: await readFile(join(path, file), 'utf8') })),
      );
    }),
  );
  return found.flat();
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '#places.ts';

/** A connector as `infra/debezium/<name>.json` declares it. */
export interface Connector {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  readonly database: string;
  readonly slot: string;
  readonly publication: string;
  /** The role that it reads under. */
  readonly role: string;
}

export async function declaredConnectors(root = checkout): Promise<Connector[]> {
  const folder = join(root, 'infra/debezium');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file) => {
      const config = JSON.parse(await readFile(join(folder, file), 'utf8')) as Connector['config'];
      const of = (name: string): string => {
        const value = config[name];
        if (value === undefined) throw new Error(`infra/debezium/${file} has no ${name}`);
        return value;
      };
      return {
        name: file.replace(/\.json$/, ''),
        config,
        database: of('database.dbname'),
        slot: of('slot.name'),
        publication: of('publication.name'),
        role: of('database.user'),
      };
    }),
  );
}

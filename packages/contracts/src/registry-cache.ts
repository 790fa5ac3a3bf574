import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What the registry said before: the id of each schema we publish, and the schema of each id we read. */
export interface RegistryCache {
  idOf(print: string): number | undefined;
  schemaOf(id: number): object | undefined;
  rememberId(print: string, id: number, schema: object): void;
  rememberSchema(id: number, schema: object): void;
  save(): void;
}

interface Content {
  ids: Record<string, number>;
  schemas: Record<string, object>;
}

/** Identifies a schema by its text, so that a changed schema never gets the id of the one before. */
export function fingerprint(schema: object): string {
  return createHash('sha256').update(JSON.stringify(schema)).digest('hex');
}

/** Without a path nothing outlives the process. A file that is missing or damaged counts as empty. */
export function openCache(path: string | undefined): RegistryCache {
  const content = path === undefined ? empty() : read(path);
  let dirty = false;
  return {
    idOf: (print) => content.ids[print],
    schemaOf: (id) => content.schemas[id],
    rememberId(print, id, schema) {
      if (content.ids[print] === id) return;
      content.ids[print] = id;
      content.schemas[id] = schema;
      dirty = true;
    },
    rememberSchema(id, schema) {
      content.schemas[id] = schema;
      dirty = true;
    },
    save() {
      if (path === undefined || !dirty) return;
      mkdirSync(dirname(path), { recursive: true });
      // Renaming is atomic: a reader never sees half a file, whatever kills us.
      const part = `${path}.${process.pid}`;
      writeFileSync(part, JSON.stringify(content));
      renameSync(part, path);
      dirty = false;
    },
  };
}

const empty = (): Content => ({ ids: {}, schemas: {} });

function read(path: string): Content {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return empty();
  }
  try {
    const { ids, schemas } = JSON.parse(text) as Partial<Content>;
    return { ids: ids ?? {}, schemas: schemas ?? {} };
  } catch {
    return empty();
  }
}

import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registrations } from './registrations.ts';
import type { NewService } from './service-name.ts';

/** A file of the checkout as it shall be. */
export interface PlannedFile {
  readonly path: string;
  readonly text: string;
}

export interface Plan {
  readonly written: readonly PlannedFile[];
  readonly changed: readonly PlannedFile[];
}

const templates = fileURLToPath(new URL('./template/', import.meta.url));
/** Its manifest is that of a service with a database and nothing else of its own. */
const MODEL = { name: 'payment-adapter', port: '4006' };

/** Everything that a new service consists of, before any of it is written. */
export function plan(service: NewService, root: string): Plan {
  const adr = nextDecision(root);
  const fill = (text: string): string =>
    text
      .replaceAll('{{name}}', service.name)
      .replaceAll('{{database}}', service.database)
      .replaceAll('{{adr}}', adr);
  const template = (file: string): string => fill(readFileSync(join(templates, file), 'utf8'));
  const files = globSync('**/*.tmpl', { cwd: templates }).filter((file) => file !== 'adr.md.tmpl');
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  return {
    written: [
      ...files.sort().map((file) => ({
        path: `services/${service.name}/${file.replace(/\.tmpl$/, '')}`,
        text: template(file),
      })),
      { path: `docs/adr/${adr}-${service.name}.md`, text: template('adr.md.tmpl') },
      { path: `deploy/k8s/base/${service.name}.yaml`, text: manifest(service, read) },
    ],
    changed: registrations.map(({ file, add }) => {
      try {
        return { path: file, text: add(read(file), service) };
      } catch (error) {
        throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
      }
    }),
  };
}

const manifest = ({ name, port }: NewService, read: (path: string) => string): string =>
  read(`deploy/k8s/base/${MODEL.name}.yaml`)
    .replaceAll(MODEL.name, name)
    .replaceAll(MODEL.port, String(port));

function nextDecision(root: string): string {
  const numbers = readdirSync(join(root, 'docs/adr')).map((file) => Number.parseInt(file, 10) || 0);
  return String(Math.max(...numbers) + 1).padStart(4, '0');
}

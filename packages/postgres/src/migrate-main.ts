/**
 * Applies a service's migrations: `DATABASE_OWNER_URL=… node migrate-main.ts NAME=DIR …`. The same image runs it as
 * an init container in Kubernetes and as a step of compose.
 */
import { migrate } from './migrate.ts';

const ownerUrl = process.env['DATABASE_OWNER_URL'];
const folders = process.argv.slice(2).map((argument) => {
  const [name = '', dir = ''] = argument.split('=');
  return { name, dir };
});
if (!ownerUrl || folders.length === 0 || folders.some(({ dir }) => dir === '')) {
  process.stderr.write('usage: DATABASE_OWNER_URL=postgres://… node migrate-main.ts NAME=DIR [NAME=DIR …]\n');
  process.exit(2);
}
const applied = await migrate({ ownerUrl, folders });
process.stdout.write(applied.length > 0 ? `applied ${applied.join(', ')}\n` : 'nothing to apply\n');

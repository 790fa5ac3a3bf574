import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(import.meta.resolve('@tradewind/console/page/index.html'));

const CSP = [`default-src 'self'`, `base-uri 'none'`, `object-src 'none'`, `frame-ancestors 'none'`].join(
  '; ',
);

/** `/console`: the web page, as it lies in packages/console. */
export async function registerConsole(app: FastifyInstance): Promise<void> {
  await app.register(staticFiles, {
    root: dirname(PAGE),
    prefix: '/console/',
    index: 'index.html',
    redirect: false,
    setHeaders: (reply) => void reply.header('content-security-policy', CSP),
  });
  app.get('/console', { schema: { hide: true } }, (_request, reply) => reply.redirect('/console/', 308));
}

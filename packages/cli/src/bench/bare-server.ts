import { fastify } from 'fastify';

/** The yardstick of the read benchmarks: a route that answers a prepared JSON text of the asked-for size. */
const app = fastify();
const bodies = new Map<number, string>();

app.get<{ Params: { size: string } }>('/:size', (request, reply) => {
  const size = Number(request.params.size);
  let body = bodies.get(size);
  if (body === undefined) {
    body = JSON.stringify({ text: 'x'.repeat(Math.max(0, size - 11)) });
    bodies.set(size, body);
  }
  return reply.type('application/json; charset=utf-8').send(body);
});

await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
process.send?.(typeof address === 'object' ? address?.port : 0);
process.on('disconnect', () => process.exit(0));

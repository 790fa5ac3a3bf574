import { describe, expect, it } from 'vitest';
import { mergeOpenapi } from './merged-openapi.ts';

const specification = (path: string, type: string): string =>
  JSON.stringify({
    openapi: '3.1.0',
    paths: {
      [path]: {
        get: { responses: { 200: { content: { json: { schema: { $ref: '#/components/schemas/Item' } } } } } },
      },
      '/health/live': { get: {} },
      '/metrics': { get: {} },
    },
    components: { schemas: { Item: { type } }, securitySchemes: { bearer: { type: 'http' } } },
  });

describe('the document of all services', () => {
  const merged = mergeOpenapi({
    order: specification('/api/v1/orders', 'object'),
    product: specification('/api/v1/products', 'array'),
  });

  it('holds the paths of all, without those of single processes', () => {
    expect(Object.keys(merged.paths)).toEqual(['/api/v1/orders', '/api/v1/products']);
  });

  it('keeps schemas of one name apart, and references with them', () => {
    expect(merged.components).toEqual({
      schemas: { 'order.Item': { type: 'object' }, 'product.Item': { type: 'array' } },
      securitySchemes: { bearer: { type: 'http' } },
    });
    expect(JSON.stringify(merged.paths['/api/v1/orders'])).toContain('"#/components/schemas/order.Item"');
  });

  it('is a document, also without services', () => {
    expect(mergeOpenapi({})).toMatchObject({ openapi: '3.1.0', paths: {} });
  });
});

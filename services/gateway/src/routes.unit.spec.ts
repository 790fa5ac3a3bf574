import { describe, expect, it } from 'vitest';
import { patternsOf, routes, serviceUrls, type ServiceName } from './routes.ts';

describe('routes', () => {
  it('give no path to two services', () => {
    const all = (Object.keys(routes) as ServiceName[]).flatMap(patternsOf);
    expect(new Set(all).size).toBe(all.length);
  });

  it('cover a path and what is below it, or the path alone', () => {
    const own = ['/api/v1/orders', '/api/v1/orders/*'];
    expect(patternsOf('order')).toEqual([...own, '/api/v1/admin/order/*']);
    expect(patternsOf('inventory')).toContain('/api/v1/sync');
    expect(patternsOf('inventory')).not.toContain('/api/v1/sync/*');
  });

  it('take URLs of known services only', () => {
    expect(serviceUrls.safeParse({ order: 'http://127.0.0.1:4004' }).success).toBe(true);
    expect(serviceUrls.safeParse({ oder: 'http://127.0.0.1:4004' }).success).toBe(false);
    expect(serviceUrls.safeParse({ order: 'nowhere' }).success).toBe(false);
  });
});

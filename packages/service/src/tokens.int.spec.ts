import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JWK } from 'jose';
import { ecPair, publicJwk, signed } from '@tradewind/testing/hand-made-tokens.ts';
import { claims, ISSUER } from './tokens.fixture.ts';
import { tokenVerifier } from './tokens.ts';

/** A JWKS URL whose keys and status the test sets. */
async function jwksServer() {
  const state = { keys: [] as JWK[], status: 200, requests: 0 };
  const server = createServer((_request, response) => {
    state.requests++;
    response
      .writeHead(state.status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ keys: state.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections());
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  return { state, close, url: `http://127.0.0.1:${port}/jwks.json` };
}

const pair = ecPair();
const token = (jti: string, kid = 'k1'): string =>
  signed({ alg: 'ES256', kid }, { ...claims(), jti }, pair.privateKey);

describe('keys of a URL', () => {
  it('are fetched once for many tokens', async () => {
    const { state, url } = await jwksServer();
    state.keys = [await publicJwk(pair, 'k1', 'ES256')];
    const tokens = tokenVerifier({ jwksUrl: url, issuer: ISSUER });
    await Promise.all(['a', 'b', 'c'].map((jti) => tokens.verify(token(jti))));
    expect(state.requests).toBe(1);
  });

  it('stay in use while the URL is away', async () => {
    const { state, url, close } = await jwksServer();
    state.keys = [await publicJwk(pair, 'k1', 'ES256')];
    const tokens = tokenVerifier({ jwksUrl: url, issuer: ISSUER });
    await tokens.verify(token('a'));
    await close();
    await expect(tokens.verify(token('b'))).resolves.toMatchObject({ sub: 'USER-9' });
  });

  it.each([500, 404])('that answers %d: unavailable, not unauthenticated', async (status) => {
    const { state, url } = await jwksServer();
    state.status = status;
    const tokens = tokenVerifier({ jwksUrl: url, issuer: ISSUER });
    await expect(tokens.verify(token('a'))).rejects.toMatchObject({ code: 'AUTHENTICATION_UNAVAILABLE' });
  });

  it('that nobody serves: unavailable', async () => {
    const { url, close } = await jwksServer();
    await close();
    const tokens = tokenVerifier({ jwksUrl: url, issuer: ISSUER });
    await expect(tokens.verify(token('a'))).rejects.toMatchObject({ code: 'AUTHENTICATION_UNAVAILABLE' });
  });

  it('unknown key ids do not make it a target: one request, then a pause', async () => {
    const { state, url } = await jwksServer();
    state.keys = [await publicJwk(pair, 'k1', 'ES256')];
    const tokens = tokenVerifier({ jwksUrl: url, issuer: ISSUER });
    for (let i = 0; i < 20; i++) {
      await expect(tokens.verify(token('a', `unknown-${i}`))).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
      });
    }
    expect(state.requests).toBe(1);
  });
});

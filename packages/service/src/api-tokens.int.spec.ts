import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { withExchange } from './api-tokens.ts';
import { ecPair, publicJwk, signed } from '@tradewind/testing/hand-made-tokens.ts';
import { claims, ISSUER, keySet } from './tokens.fixture.ts';
import { tokenVerifier } from './tokens.ts';

const pair = ecPair();
const keys = keySet(await publicJwk(pair, 'k1', 'ES256'));
const SECRET = `twk_${'a'.repeat(43)}`;
const LIMITED = { sub: 'api-token:1', permissions: ['orders:read'] };

/** A stand-in for identity's exchange, which the test makes refuse or fail. */
async function exchange() {
  const state = { status: 200, requests: 0, lifeMs: 900_000 };
  const server = createServer((request, response) => {
    state.requests++;
    const exp = Math.floor((Date.now() + state.lifeMs) / 1000);
    const jwt = signed({ alg: 'ES256', kid: 'k1' }, { ...claims(), ...LIMITED, exp }, pair.privateKey);
    const good = state.status === 200 && request.headers.authorization === `Bearer ${SECRET}`;
    response.writeHead(good ? 200 : state.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ token: jwt, expiresAt: new Date(exp * 1000).toISOString() }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections());
  onTestFinished(close);
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/exchange`);
  return { state, close, tokens: withExchange(tokenVerifier({ keys, issuer: ISSUER }), url) };
}

const realNow = Date.now.bind(Date);

/** Moves the clock of the code under test only: sockets and timers go on as they are. */
function later(ms: number): void {
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => realNow() + ms);
  onTestFinished(() => spy.mockRestore());
}

describe('API tokens as bearers', () => {
  it('are exchanged once for many requests, and limited to their permissions', async () => {
    const { state, tokens } = await exchange();
    const principals = await Promise.all([1, 2, 3].map(() => tokens.verify(SECRET)));
    expect(principals[0]).toMatchObject(LIMITED);
    expect(tokens.verify(SECRET)).toMatchObject(LIMITED);
    expect(state.requests).toBe(1);
  });

  it('leave JWTs alone', async () => {
    const { state, tokens } = await exchange();
    const jwt = signed({ alg: 'ES256', kid: 'k1' }, claims(), pair.privateKey);
    await expect(tokens.verify(jwt)).resolves.toMatchObject({ sub: 'USER-9' });
    expect(state.requests).toBe(0);
  });

  it.each(['twk_', `${SECRET}x`, `${SECRET}=`, `twk_${'a'.repeat(42)}/`, ` ${SECRET}`])(
    'of another form (%j) are refused without asking',
    async (bearer) => {
      const { state, tokens } = await exchange();
      await expect((async () => tokens.verify(bearer))()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(state.requests).toBe(0);
    },
  );

  it('that identity refuses are not asked about again at once', async () => {
    const { state, tokens } = await exchange();
    state.status = 401;
    for (let i = 0; i < 5; i++) {
      const verify = async () => tokens.verify(SECRET);
      await expect(verify()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(state.requests).toBe(1);
  });

  it('are asked about again after a minute, and refused once revoked', async () => {
    const { state, tokens } = await exchange();
    await tokens.verify(SECRET);
    state.status = 401;
    later(61_000);
    await expect(tokens.verify(SECRET)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(state.requests).toBe(2);
  });

  it('stay good while identity is away, until the JWT ends', async () => {
    const { tokens, close } = await exchange();
    await tokens.verify(SECRET);
    await close();
    later(120_000);
    await expect(tokens.verify(SECRET)).resolves.toMatchObject(LIMITED);
    later(901_000);
    await expect(tokens.verify(SECRET)).rejects.toMatchObject({ code: 'AUTHENTICATION_UNAVAILABLE' });
  });

  it('that nobody can check are unavailable, not unauthenticated', async () => {
    const { state, tokens } = await exchange();
    state.status = 500;
    await expect(tokens.verify(SECRET)).rejects.toMatchObject({ code: 'AUTHENTICATION_UNAVAILABLE' });
  });
});

import { z } from 'zod';
import { believe, fromJson } from './answers.ts';
import type { Connection } from './connection.ts';
import { CarrierFailure } from './failure.ts';
import type { CarrierAccount } from './settings.ts';

const tokenReply = z.object({
  access_token: z.string().min(1).max(4_000),
  token_type: z.literal('bearer'),
  expires_in: z.int().positive(),
});

/** A token is renewed so long before it ends. */
const MARGIN_MS = 60_000;

/** The bearer token of an account: one for all calls, renewed before it ends. Calls that come together share one request. */
export function fedexToken(connection: Connection, { clientId, secret }: CarrierAccount) {
  let known: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;

  async function ask(signal: AbortSignal): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const started = performance.now();
    const { status, text } = await connection
      .send({ method: 'POST', path: '/oauth/token', headers, body }, signal)
      .catch(asNothingDone);
    if (status === 401 || status === 403) throw new CarrierFailure('DENIED', 'FedEx knows no such client');
    if (status !== 200) throw new CarrierFailure('AWAY', `no token: FedEx answered ${status}`);
    const { access_token: token, expires_in: seconds } = readToken(text);
    known = { token, until: started + seconds * 1_000 - MARGIN_MS };
    return token;
  }

  return {
    /** @throws CarrierFailure that says that nothing was done: the call itself has not begun */
    async get(signal: AbortSignal): Promise<string> {
      if (known && known.until > performance.now()) return known.token;
      asking ??= ask(signal).finally(() => (asking = undefined));
      return asking;
    },
    drop(): void {
      known = undefined;
    },
  };
}

function readToken(text: string): z.infer<typeof tokenReply> {
  try {
    return believe(tokenReply, fromJson(text));
  } catch (error) {
    return asNothingDone(error);
  }
}

function asNothingDone(error: unknown): never {
  throw new CarrierFailure('AWAY', `no token: ${String(error)}`, error);
}

import { SetupError } from '@tradewind/native/run.ts';

export interface TokenRequest {
  sub: string;
  roles: string[];
  storeId: string;
  ttlSeconds?: number;
  segment?: string;
}

/** A signed token from the running identity service, as services obtain theirs. */
export async function requestToken(
  identity: string,
  serviceKey: string,
  request: TokenRequest,
): Promise<string> {
  const response = await fetch(`${identity}/api/v1/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'service-key': serviceKey },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw new SetupError(`identity does not answer at ${identity} (${(error as Error).message})`, './tw up');
  });
  const body = (await response.json().catch(() => ({}))) as {
    token?: string;
    detail?: string;
    code?: string;
  };
  if (!response.ok || body.token === undefined) {
    throw new SetupError(
      `identity refused: ${response.status} ${body.code ?? ''} ${body.detail ?? ''}`.trimEnd(),
    );
  }
  return body.token;
}

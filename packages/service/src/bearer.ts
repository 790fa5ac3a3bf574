import { decodeJwt } from 'jose';
import type { FastifyRequest } from 'fastify';
import { isApiToken } from './api-tokens.ts';

/** The bearer token of a request that has been authenticated; undefined where none was sent. */
export function bearerOf({ headers }: FastifyRequest): string | undefined {
  return headers.authorization?.slice('bearer '.length);
}

/** When a token that has been verified ends, in epoch ms; never, for an API token, which identity may revoke. */
export function expiryOf(bearer: string): number {
  return isApiToken(bearer) ? Infinity : (decodeJwt(bearer).exp ?? 0) * 1_000;
}

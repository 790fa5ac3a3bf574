import { readConfig, serviceConfig } from '@tradewind/service/config.ts';
import { toOriginPatterns } from '@tradewind/service/origins.ts';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { serviceUrls } from './routes.ts';

const gatewayConfig = serviceConfig.extend({
  /** JSON: name of a service → its URL. Paths of services that are not in it are unknown. */
  SERVICE_URLS: z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(serviceUrls),
  /** Comma list of origins whose pages may call the API; `*` stands for any port. */
  CORS_ORIGINS: z.string().default('http://localhost:*,http://127.0.0.1:*').transform(toOriginPatterns),
  /** Longest wait for the head of a service's reply, and for the next piece of its body. */
  UPSTREAM_TIMEOUT_MS: z.coerce.number().int().positive().default(20_000),
  /** JSON list of GraphQL documents: with it no other may be sent. */
  GRAPHQL_QUERIES_FILE: z
    .string()
    .transform((path) => z.array(z.string()).parse(JSON.parse(readFileSync(path, 'utf8'))))
    .optional(),
});

export const config = readConfig(gatewayConfig, process.env);
export type Config = z.infer<typeof gatewayConfig>;

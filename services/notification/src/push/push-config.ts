import { toOriginPatterns } from '@tradewind/service/origins.ts';
import { z } from 'zod';

const whole = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** Settings of WebSocket and SSE. */
export const pushConfig = z.object({
  REDIS_URL: z.url(),
  /** Comma list of origins whose pages may open a WebSocket; `*` stands for any port. */
  PUSH_ORIGINS: z.string().default('http://localhost:*,http://127.0.0.1:*').transform(toOriginPatterns),
  /** Clients of one instance, of both kinds; each is an open file. */
  PUSH_MAX_CONNECTIONS: whole(15_000),
  /** Bytes that wait for a client before it is cut as too slow. */
  PUSH_MAX_BUFFERED: whole(1024 * 1024),
  PUSH_HEARTBEAT_MS: whole(15_000),
  /** What SSE clients are told to wait before they connect again. */
  PUSH_RETRY_MS: whole(2_000),
  /** Of one WebSocket client; four times as many at once. */
  PUSH_MESSAGES_PER_SECOND: whole(50),
  /** Orders that one WebSocket client watches by their ids. */
  PUSH_MAX_SUBSCRIPTIONS: whole(500),
  /** Changes that the stream in Redis keeps, about; older ids can't be gone on from. */
  PUSH_KEPT_CHANGES: whole(500_000),
  /** Key of that stream. */
  PUSH_STREAM: z.string().min(1).default('push:changes'),
});

export type PushConfig = z.infer<typeof pushConfig>;

import { join } from 'node:path';
import { z } from 'zod';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65535).default(fallback);

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: port(4092),
  SMTP_PORT: port(4093),
  /** Keeps messages over restarts: a sink that forgets them would take repeats for new ones. */
  STATE_FILE: z.string().optional(),
  /** The local stack's folder: messages are kept there where STATE_FILE does not say otherwise. */
  TW_HOME: z.string().optional(),
});

const { TW_HOME, STATE_FILE, ...rest } = environment.parse(process.env);
const stateFile =
  STATE_FILE ?? (TW_HOME === undefined ? undefined : join(TW_HOME, 'data', 'mailbox', 'messages.jsonl'));

export const config = { ...rest, stateFile };
export type Config = typeof config;

import { z } from 'zod';

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(4090),
  /** Keeps the book over restarts: a gateway that forgets its charges would charge them again. */
  STATE_FILE: z.string().optional(),
  /** Told of each outcome; also settable as a knob. */
  CALLBACK_URL: z.url().optional(),
});

export const config = environment.parse(process.env);
export type Config = z.infer<typeof environment>;

import { z } from 'zod';

/** So long after its end a window, and a day, still waits for events that are on their way. */
export const latenessMs = z.coerce.number().int().nonnegative().default(30_000);

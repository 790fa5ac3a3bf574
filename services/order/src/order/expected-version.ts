import { z } from 'zod';

/** The field of a body that says what If-Match says. */
export const expectedVersion = z.int().min(0).optional();

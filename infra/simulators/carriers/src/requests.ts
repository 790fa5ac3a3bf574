import { z } from 'zod';
import { CarrierFault } from '#carrier.ts';

export const country = z.string().min(2).max(2);
export const postalCode = z.string().max(20).default('');
export const reference = z.string().min(1).max(64);
export const trackingNumber = z.string().min(1).max(40);

/** @throws CarrierFault INVALID */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CarrierFault('INVALID', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
}

/** Kilograms on the wire. @throws CarrierFault INVALID */
export function gramsOf(kilos: string | number): number {
  const grams = Math.round(Number(kilos) * 1_000);
  if (Number.isSafeInteger(grams) && grams > 0) return grams;
  throw new CarrierFault('INVALID', 'a parcel weighs something');
}

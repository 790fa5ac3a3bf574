import { readdirSync } from 'node:fs';
import { checkout, stack, urlOf } from '../e2e/stack.fixture.ts';
import type { OpenapiDocument } from './openapi.ts';

/** Stand-ins for others' systems keep others' contracts. */
const simulators = readdirSync(`${checkout}infra/simulators`);

/** The services of the running stack that have an OpenAPI document. */
export const services: readonly string[] = Object.keys(stack.services).filter(
  (name) => !simulators.some((simulator) => name.startsWith(simulator)),
);

export async function documentOf(service: string): Promise<OpenapiDocument> {
  const response = await fetch(`${urlOf(service)}/openapi.json`);
  if (response.status !== 200) throw new Error(`${service} has no document: ${response.status}`);
  return (await response.json()) as OpenapiDocument;
}

import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { OpenapiDocument } from './openapi.ts';

/** Schemas of a document by their place in it, compiled when they are first asked for. */
export function schemasOf(document: OpenapiDocument): (...path: string[]) => ValidateFunction {
  const ajv = new Ajv({ strict: false });
  formats.default(ajv);
  ajv.addSchema({ ...document, $id: 'api' });
  const compiled = new Map<string, ValidateFunction>();

  return (...path) => {
    const pointer = path
      .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent);
    const ref = `api#/${pointer.join('/')}`;
    const known = compiled.get(ref) ?? ajv.compile({ $ref: ref });
    compiled.set(ref, known);
    return known;
  };
}

export const errorsOf = ({ errors }: ValidateFunction): string =>
  (errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`).join(', ');

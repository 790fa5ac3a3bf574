import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { CarrierFault } from '#carrier.ts';

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  isArray: () => false,
});
const builder = new XMLBuilder({ ignoreAttributes: true });

/** The root element by its name. @throws CarrierFault INVALID */
export function fromXml(text: string): Readonly<Record<string, unknown>> {
  // A document type could bring entities of its own; requests have none.
  if (text.includes('<!DOCTYPE')) throw new CarrierFault('INVALID', 'no document types');
  try {
    const { '?xml': _, ...root } = parser.parse(text, true) as Record<string, unknown>;
    return root;
  } catch (error) {
    throw new CarrierFault('INVALID', `not XML: ${String(error)}`);
  }
}

export const toXml = (root: object): string => `<?xml version="1.0" encoding="UTF-8"?>${builder.build(root)}`;

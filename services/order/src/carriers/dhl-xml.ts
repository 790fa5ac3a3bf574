import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { malformed } from './answers.ts';

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  // Everything stays text: a tracking number is no number.
  parseTagValue: false,
  isArray: (name) => name === 'QtdShp' || name === 'ShipmentEvent',
});
const builder = new XMLBuilder({ ignoreAttributes: true });

/** The root element by its name. @throws CarrierFailure MALFORMED */
export function fromXml(text: string): Readonly<Record<string, unknown>> {
  // A document type could bring entities of its own: DHL's answers have none.
  if (text.includes('<!DOCTYPE')) throw malformed('XML with a document type');
  try {
    const { '?xml': _, ...root } = parser.parse(text, true) as Record<string, unknown>;
    return root;
  } catch (cause) {
    throw malformed('not XML', cause);
  }
}

export const toXml = (root: object): string => `<?xml version="1.0" encoding="UTF-8"?>${builder.build(root)}`;

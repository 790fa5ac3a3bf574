import type { ChannelName, Kind, StoreKind } from '#messages/kinds.ts';
import { deTexts } from './texts-de.ts';
import { enTexts } from './texts-en.ts';
import type { Template } from './template.ts';

/** One kind of message in one language. */
export interface Texts {
  readonly subject: string;
  /** Paragraphs of the mail, as HTML. */
  readonly mail: readonly string[];
  /** One sentence, for SMS and pushes. */
  readonly short: string;
}

export interface Language {
  readonly locale: string;
  readonly customer: Readonly<Record<Exclude<Kind, StoreKind>, Texts>>;
  /** What stores are told in their chat. */
  readonly store: Readonly<Record<StoreKind, string>>;
}

const paragraphs = (texts: readonly string[]): string => texts.map((text) => `<p>${text}</p>`).join('\n');

function templatesOf({ locale, customer, store }: Language): Template[] {
  const template = (key: Kind, channel: ChannelName, subject: string | null, body: string) => ({
    ...{ key, channel, locale, version: 0, subject, body },
  });
  return [
    ...Object.entries(customer).flatMap(([name, { subject, mail, short }]) => {
      const key = name as Kind;
      return [
        template(key, 'EMAIL', subject, paragraphs(mail)),
        template(key, 'SMS', null, short),
        template(key, 'PUSH', subject, short),
      ];
    }),
    ...Object.entries(store).map(([name, text]) => template(name as Kind, 'SLACK', null, text)),
  ];
}

/** What is sent where a store has no text of its own. */
export const builtIn: readonly Template[] = [enTexts, deTexts].flatMap(templatesOf);

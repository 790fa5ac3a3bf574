import { defineParameterType } from '@cucumber/cucumber';
import type { Thing } from './story.ts';

/** How many of what. */
export interface Wish {
  readonly thing: Thing;
  readonly qty: number;
}

defineParameterType({ name: 'thing', regexp: /lamp|chair/, transformer: (text) => text as Thing });
defineParameterType({ name: 'person', regexp: /Ada|Bob/, transformer: (text) => text });
defineParameterType({ name: 'amount', regexp: /\d+\.\d\d/, transformer: (text) => text });
defineParameterType({ name: 'CODE', regexp: /[A-Z][A-Z_]+/, transformer: (text) => text });
defineParameterType({
  name: 'wishes',
  regexp: /\d+ (?:lamp|chair)s?(?: and \d+ (?:lamp|chair)s?)*/,
  transformer: (text): Wish[] =>
    text.split(' and ').map((part) => {
      const [qty = '', things = ''] = part.split(' ');
      return { qty: Number(qty), thing: things.replace(/s$/, '') as Thing };
    }),
});

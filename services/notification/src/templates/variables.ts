import Mustache from 'mustache';
import type { Values } from '#messages/kinds.ts';

/** What is wrong with a text, and in which part. */
export interface Flaw {
  readonly path: string;
  readonly message: string;
}

/** As the library parses: kind, name, from, to, and of sections their content. */
type Token = [kind: string, name: string, from: number, to: number, content?: Token[], closedAt?: number];

/** Parsed anew each time: the library keeps every text that its own writer has ever seen. */
export function parse(text: string): Token[] {
  return new Mustache.Writer().parse(text) as unknown as Token[];
}

/**
 * What a text asks for that `values` do not have. Sections over a list see its lines' variables as well. Partials, other
 * delimiters and unescaped variables are no part of the language here.
 */
export function flawsOf(path: string, text: string, values: Values): Flaw[] {
  let tokens: Token[];
  try {
    tokens = parse(text);
  } catch (error) {
    return [{ path, message: error instanceof Error ? error.message : String(error) }];
  }
  return [...new Set(flawsIn(tokens, values))].map((message) => ({ path, message }));
}

function flawsIn(tokens: readonly Token[], values: Values): string[] {
  return tokens.flatMap(([kind, name, , , content = []]) => {
    switch (kind) {
      case 'text':
      case '!':
        return [];
      case 'name':
        if (!Object.hasOwn(values, name)) return [unknown(name, values)];
        return typeof values[name] === 'string'
          ? []
          : [`{{${name}}} is a list: show it by {{#${name}}}…{{/${name}}}`];
      case '#':
      case '^': {
        if (!Object.hasOwn(values, name)) return [unknown(name, values)];
        const value = values[name];
        if (kind === '^' || value === undefined || typeof value === 'string') return flawsIn(content, values);
        return value.flatMap((line) => flawsIn(content, { ...values, ...line }));
      }
      case '&':
        return [`{{${name}}} is always escaped: leave the third brace and the ampersand away`];
      default:
        return [`{{${kind}${name}}} is not part of the language of templates`];
    }
  });
}

const unknown = (name: string, values: Values): string =>
  `there is no variable {{${name}}}; there are ${Object.keys(values).sort().join(', ')}`;

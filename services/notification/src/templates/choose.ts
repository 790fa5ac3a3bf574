import type { ChannelName, Kind } from '#messages/kinds.ts';
import { builtIn } from './built-in.ts';
import { fallbacks } from './locale.ts';
import type { Template } from './template.ts';

/** The text in use for a message: in the best locale there is, the store's own before the built-in one. */
export function chooseTemplate(
  own: readonly Template[],
  key: Kind,
  channel: ChannelName,
  locale: string | null,
): Template | undefined {
  const fits = (it: Template) => it.key === key && it.channel === channel;
  const candidates = [...own.filter(fits), ...builtIn.filter(fits)];
  for (const wanted of fallbacks(locale)) {
    const found = candidates.find((it) => it.locale === wanted);
    if (found) return found;
  }
  return undefined;
}

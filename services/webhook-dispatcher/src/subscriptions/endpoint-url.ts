import { webhookError } from '#errors.ts';

const LONGEST = 2_000;

/**
 * The URL of an endpoint, as it is stored and called. Where its host leads is looked at when it is connected to, each time.
 * @throws DomainError URL_INVALID
 */
export function endpointUrl(text: string, { requireHttps }: { readonly requireHttps: boolean }): string {
  const url = URL.parse(text);
  if (!url) throw invalid('not an absolute URL');
  if (url.protocol !== 'https:' && (url.protocol !== 'http:' || requireHttps)) {
    throw invalid(requireHttps ? 'https only' : 'https or http only');
  }
  if (url.username !== '' || url.password !== '')
    throw invalid('no credentials in a URL: verify the signature');
  if (url.hash !== '') throw invalid('no fragment');
  if (url.href.length > LONGEST) throw invalid(`at most ${LONGEST} characters`);
  return url.href;
}

function invalid(message: string) {
  return webhookError('URL_INVALID', {
    message: `url: ${message}`,
    details: { errors: [{ path: 'body.url', message }] },
  });
}

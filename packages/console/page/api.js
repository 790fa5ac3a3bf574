/**
 * A call of the REST API; what it refuses is thrown as the problem's own words.
 * @param {string} token
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 */
export async function call(token, method, path, body) {
  const response = await fetch(path, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.code}: ${answer.detail ?? answer.title}`);
  return answer;
}

/**
 * Whom a token names; it is checked by the services, here it is only shown.
 * @param {string} token
 * @returns {{ sub?: string, roles?: string[], storeId?: string }}
 */
export function claimsOf(token) {
  try {
    return JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return {};
  }
}

/** A number's literal with more digits than every double keeps, or with an exponent. */
const SUSPICIOUS = /\d[\d.]{15}|\d[eE][+-]?\d/;
/**
 * A string, so that digits inside are skipped, or a number. One that never ends is taken up to the end of the text:
 * trying again from each of its quotes would cost a hostile body the square of its length.
 */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;
/** No double needs more digits, and the expressions below must not meet a million of them. */
const MAX_LENGTH = 400;
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * The first number of a JSON text that a double does not hold as it was written: 129.505 yes, 129.5000000000000000001
 * no. Amounts must not be rounded behind the client's back. Texts without such numbers cost one test. Pure.
 */
export function inexactNumber(json: string): string | undefined {
  if (!SUSPICIOUS.test(json)) return undefined;
  for (const [token] of json.matchAll(TOKEN)) {
    if (token.startsWith('"')) continue;
    if (token.length > MAX_LENGTH) return `${token.slice(0, 40)}…`;
    if (canonical(token) !== canonical(String(Number(token)))) return token;
  }
  return undefined;
}

/** Significant digits and their power of ten, so that 1.50, 15e-1 and 1.5 are one. */
function canonical(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(literal) ?? [];
  const digits = whole + fraction;
  const significant = digits.replace(/0+$/, '');
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  const value = significant.replace(/^0+/, '');
  return value === '' ? (whole === '' ? literal : '0') : `${sign}${value}e${power}`;
}

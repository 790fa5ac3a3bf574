/** Hundredths of a percent as a percentage: 1250 is "12.5". */
export function formatPercent(basisPoints: number): string {
  const fraction = String(basisPoints % 100)
    .padStart(2, '0')
    .replace(/0+$/, '');
  const whole = Math.floor(basisPoints / 100);
  return fraction === '' ? String(whole) : `${whole}.${fraction}`;
}

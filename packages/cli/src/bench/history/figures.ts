/** One measured cost: the median run, with the smallest and the largest. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

export interface Figures {
  /** Orders that stood in the tables. */
  readonly orders: number;
  readonly measuredAt: string;
  readonly figures: readonly Figure[];
}

/** Pure. The median is one that was measured. */
export function figureOf(what: string, unit: string, values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  return { what, unit, value: sorted[sorted.length >> 1]!, min: sorted[0]!, max: sorted.at(-1)! };
}

export interface Compared {
  readonly what: string;
  readonly unit: string;
  readonly before: number;
  readonly after: number;
  /** How many times as much afterwards. */
  readonly ratio: number;
}

/** Pure. What was measured both times. */
export function compare(before: Figures, after: Figures): Compared[] {
  const known = new Map(before.figures.map((one) => [`${one.what} ${one.unit}`, one]));
  return after.figures.flatMap(({ what, unit, value }) => {
    const was = known.get(`${what} ${unit}`);
    return was ? [{ what, unit, before: was.value, after: value, ratio: value / was.value }] : [];
  });
}

const amount = (value: number): string =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en');

const spread = ({ value, min, max }: Figure): string => `${amount(value)} (${amount(min)} … ${amount(max)})`;

/** Pure. Cells of the table, under its head. */
export function comparisonRows(before: Figures, after: Figures): { head: string[]; rows: string[][] } {
  const orders = ({ orders: count }: Figures): string => `with ${count.toLocaleString('en')} orders`;
  const cells = ({ figures }: Figures) =>
    new Map(figures.map((one) => [`${one.what} ${one.unit}`, spread(one)]));
  const [was, is] = [cells(before), cells(after)];
  return {
    head: ['what', 'unit', orders(before), orders(after), 'ratio'],
    rows: compare(before, after).map(({ what, unit, ratio }) => {
      const key = `${what} ${unit}`;
      return [what, unit, was.get(key)!, is.get(key)!, ratio.toFixed(2)];
    }),
  };
}

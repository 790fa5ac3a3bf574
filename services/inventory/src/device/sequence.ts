/** Numbers that are missing, both ends included. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** Epoch ms at which it was noticed. */
  readonly since: number;
}

/**
 * Which numbers of one session have come: all from the lowest to the highest but those in the gaps. Costs what is missing,
 * not what has come. Below the lowest nothing is known: a device may begin anywhere, and what comes from there is new.
 */
export interface Sequence {
  readonly lowest: number;
  readonly highest: number;
  /** Ascending, apart from each other. */
  readonly gaps: readonly Gap[];
}

export function hasCome({ lowest, highest, gaps }: Sequence, seq: number): boolean {
  return seq >= lowest && seq <= highest && gapAt(gaps, seq) === -1;
}

/** The sequence after `seq` has come at `now`; the same one where it had. */
export function withSeq(sequence: Sequence | undefined, seq: number, now: number): Sequence {
  if (!sequence) return { lowest: seq, highest: seq, gaps: [] };
  const { lowest, highest, gaps } = sequence;
  if (seq > highest) {
    const gap = { from: highest + 1, to: seq - 1, since: now };
    return { lowest, highest: seq, gaps: gap.from > gap.to ? gaps : [...gaps, gap] };
  }
  if (seq < lowest) {
    const gap = { from: seq + 1, to: lowest - 1, since: now };
    return { lowest: seq, highest, gaps: gap.from > gap.to ? gaps : [gap, ...gaps] };
  }
  const at = gapAt(gaps, seq);
  const gap = gaps[at];
  if (!gap) return sequence;
  const left = { ...gap, to: seq - 1 };
  const right = { ...gap, from: seq + 1 };
  return {
    lowest,
    highest,
    gaps: gaps.toSpliced(at, 1, ...[left, right].filter(({ from, to }) => from <= to)),
  };
}

/** Numbers that are missing for at least so long. */
export function missing({ gaps }: Sequence, now: number, olderThanMs: number): number {
  return gaps
    .filter(({ since }) => now - since >= olderThanMs)
    .reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** Position of the gap that holds a number, or -1. */
function gapAt(gaps: readonly Gap[], seq: number): number {
  let low = 0;
  let high = gaps.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const gap = gaps[middle]!;
    if (seq < gap.from) high = middle - 1;
    else if (seq > gap.to) low = middle + 1;
    else return middle;
  }
  return -1;
}

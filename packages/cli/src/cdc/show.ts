import { textTable } from '#text-table.ts';
import type { Condition, Diagnosis } from './diagnosis.ts';
import type { Slot } from './slots.ts';

/** One connector as `tw cdc ls` and `tw status` show it. Sizes in bytes, null where there is no slot. */
export interface CaptureRow {
  readonly name: string;
  readonly condition: Condition;
  readonly slot: string;
  readonly slotState: string;
  readonly lagBytes: number | null;
  readonly retainedBytes: number | null;
  readonly detail: string | null;
}

/** Pure. */
export function captureRow(
  { name, slot: slotName }: { readonly name: string; readonly slot: string },
  { condition, detail, slot }: Diagnosis & { readonly slot: Slot | undefined },
): CaptureRow {
  return {
    name,
    condition,
    slot: slotName,
    slotState:
      slot === undefined ? 'missing' : slot.state === 'lost' ? 'lost' : slot.active ? 'active' : 'idle',
    lagBytes: slot?.lagBytes ?? null,
    retainedBytes: slot?.retainedBytes ?? null,
    detail: detail ?? null,
  };
}

const HEAD = ['CONNECTOR', 'STATE', 'SLOT', 'IS', 'BEHIND', 'KEPT'];

/** Pure. */
export function describeCapture(rows: readonly CaptureRow[]): string {
  const table = textTable(
    HEAD,
    rows.map((row) => [
      row.name,
      row.condition,
      row.slot,
      row.slotState,
      size(row.lagBytes),
      size(row.retainedBytes),
    ]),
  );
  const troubles = rows
    .filter((row) => row.detail !== null)
    .map(
      ({ name, condition, detail }) =>
        `${name}: ${detail}\n  → ${condition === 'gap' ? `./tw cdc repair ${name}` : './tw logs connect'}`,
    );
  return [table, ...troubles].join('\n');
}

function size(bytes: number | null): string {
  if (bytes === null) return '-';
  if (bytes < 10_000) return `${bytes} B`;
  return bytes < 10_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${Math.round(bytes / 1_000_000)} MB`;
}

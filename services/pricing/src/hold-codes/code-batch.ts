import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { type CompiledRules, withCodes } from '#engine/compile.ts';
import { codesRefused } from '#resolve-prices/price.ts';
import type { RefusedCode, ResolvePrices } from '#resolve-prices/request.ts';
import { type CodeRow, discountCodeOf, findCodes } from './code-rows.ts';
import { type Hold, knownUses, saveHolds } from './uses.ts';

/** The codes of the requests that share a transaction. */
export interface CodeBatch {
  /**
   * The tenant's rules and what the request's codes give.
   * @throws DomainError CODE_NOT_APPLICABLE where a code was taken as often as it may be
   */
  rulesFor(request: ResolvePrices, rules: CompiledRules): CompiledRules;
  /** Holds the codes of a request that was priced: the next one in the batch finds them taken. */
  take(request: ResolvePrices): void;
  save(): Promise<void>;
}

const none: CodeBatch = {
  rulesFor: (_request, rules) => rules,
  take: () => undefined,
  save: async () => undefined,
};

export async function codeBatch(tx: Transaction, requests: readonly ResolvePrices[]): Promise<CodeBatch> {
  const wanted = new Set(requests.flatMap(({ codes }) => codes));
  if (wanted.size === 0) return none;
  const holding = requests.filter(({ hold, codes }) => hold && codes.length > 0);
  const codes = await findCodes(tx, [...wanted], { lock: holding.length > 0 });
  // A statement of its own: it sees what was taken before the locks were had.
  const known = await knownUses(tx, {
    limited: [...codes.values()].filter((code) => code.perCustomerLimit !== null).map(({ id }) => id),
    customers: requests.flatMap(({ customerId }) => customerId ?? []),
    orders: holding.flatMap(({ hold }) => hold?.orderId ?? []),
  });
  const taken = new Map<string, number>();
  const heldHere = new Set<string>();
  const holds: Hold[] = [];
  const count = (key: string): number => taken.get(key) ?? 0;
  const rowsOf = (request: ResolvePrices): CodeRow[] =>
    request.codes.flatMap((code) => codes.get(code) ?? []);
  const holdsAlready = ({ hold }: ResolvePrices, { id }: CodeRow): boolean =>
    hold !== undefined && (known.heldBy(hold.orderId, id) || heldHere.has(`${hold.orderId} ${id}`));

  function limitReached(request: ResolvePrices, code: CodeRow): string | undefined {
    const { customerId } = request;
    if (holdsAlready(request, code)) return undefined;
    if (code.usageLimit !== null && code.uses + count(code.id) >= code.usageLimit) return 'USAGE_LIMIT';
    if (code.perCustomerLimit === null || customerId === undefined) return undefined;
    const own = known.ofCustomer(code.id, customerId) + count(`${code.id} ${customerId}`);
    return own >= code.perCustomerLimit ? 'CUSTOMER_LIMIT' : undefined;
  }

  return {
    rulesFor(request, rules) {
      if (request.codes.length === 0) return rules;
      const rows = rowsOf(request);
      const refused = rows.flatMap((row): RefusedCode[] => {
        const reason = limitReached(request, row);
        return reason === undefined ? [] : [{ code: row.code, reason }];
      });
      if (refused.length > 0) throw codesRefused(refused);
      return withCodes(rules, rows.map(discountCodeOf));
    },
    take(request) {
      const { hold, customerId } = request;
      if (!hold) return;
      for (const row of rowsOf(request)) {
        if (holdsAlready(request, row)) continue;
        taken.set(row.id, count(row.id) + 1);
        if (customerId !== undefined) {
          const key = `${row.id} ${customerId}`;
          taken.set(key, count(key) + 1);
        }
        heldHere.add(`${hold.orderId} ${row.id}`);
        holds.push({ codeId: row.id, customerId, ...hold });
      }
    },
    async save() {
      if (holds.length === 0) return;
      await saveHolds(tx, holds);
      failpoint('codes.held');
    },
  };
}

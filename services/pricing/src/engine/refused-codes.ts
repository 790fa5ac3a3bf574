import type { CompiledRule, CompiledRules } from './compile.ts';
import type { CodeReason, RefusedCode } from './request.ts';

/** The codes that gave nothing. One gives something as a discount code, or because promotions ask for it. */
export function refusedCodes(
  codes: ReadonlySet<string>,
  { byCode, askingFor }: CompiledRules,
  whyNot: (rule: CompiledRule) => CodeReason | undefined,
): RefusedCode[] {
  return [...codes].sort().flatMap((code) => {
    const own = byCode.get(code);
    const reasons = (own ? [own] : (askingFor.get(code) ?? [])).map(whyNot);
    if (reasons.includes(undefined)) return [];
    return [{ code, reason: reasons[0] ?? 'UNKNOWN_CODE' }];
  });
}

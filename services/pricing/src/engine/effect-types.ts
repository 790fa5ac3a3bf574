import { buyXGetY, type BuyXGetY } from './buy-x-get-y.ts';
import type { EffectType } from './effect.ts';
import { fixed, type Fixed } from './fixed.ts';
import { freeShipping, type FreeShipping } from './free-shipping.ts';
import { percentage, type Percentage } from './percentage.ts';
import { tiered, type Tiered } from './tiered.ts';

/** What a promotion or a code does: one of these. */
export type Effect = Percentage | Fixed | BuyXGetY | FreeShipping | Tiered;

/** Every type of effect. The compiler asks for a line here for each member of the union. */
const effectTypes: { readonly [Type in Effect['type']]: EffectType<Extract<Effect, { type: Type }>> } = {
  PERCENTAGE: percentage,
  FIXED: fixed,
  BUY_X_GET_Y: buyXGetY,
  FREE_SHIPPING: freeShipping,
  TIERED: tiered,
};

/** The type of an effect. That its functions take this very effect is what the table's type says. */
export const typeOf = (effect: Effect): EffectType<Effect> => effectTypes[effect.type] as EffectType<Effect>;

import { readFile } from 'node:fs/promises';
import { loadPolicy as loadWasm } from '@open-policy-agent/opa-wasm';
import { z } from 'zod';
import type { Principal } from './principal.ts';

export type OrderAction =
  | 'cancel'
  | 'approve_cancellation'
  | 'reject_cancellation'
  | 'request_return'
  | 'approve_return'
  | 'reject_return'
  | 'refund';

/** What each entry point of `policies/*.rego` decides about. */
export interface PolicyInputs {
  'tradewind/order/decision': {
    readonly action: OrderAction;
    readonly principal: Pick<Principal, 'sub' | 'roles' | 'storeId'>;
    readonly resource: {
      readonly ownerId: string;
      readonly storeId: string;
      readonly status: string;
      /** Who asked for what is to be approved now. */
      readonly requestedBy?: string | undefined;
    };
  };
  'tradewind/product/decision': {
    readonly action: 'override_price';
    readonly principal: Pick<Principal, 'sub' | 'roles' | 'storeId'>;
    readonly resource: { readonly storeId: string };
  };
}

export type PolicyName = keyof PolicyInputs;

export interface Decision {
  readonly allow: boolean;
  /** A stable word: `other-tenant`, `not-owner`, `status`, `role`, `self`, `unknown-action`, `default-deny`, or who was allowed. */
  readonly reason: string;
}

export interface Policy {
  /** Decides synchronously, in this process, in microseconds. Whatever goes wrong is a denial with reason `policy-error`. */
  evaluate<N extends PolicyName>(name: N, input: PolicyInputs[N]): Decision;
}

/** Of the checkout and of the image, whether the sources run or `dist/`. */
const DEFAULT_FILE = new URL('../../../policies/policy.wasm', import.meta.url);

const denied: Decision = { allow: false, reason: 'policy-error' };
const answer = z.tuple([z.object({ result: z.strictObject({ allow: z.boolean(), reason: z.string() }) })]);

/**
 * Loads the compiled policies, by default those of this repository (`POLICY_FILE` of a service's config names others).
 * @throws when the file is missing or is no policy: a service does not start without its policies
 */
export async function loadPolicy(path: string | URL = DEFAULT_FILE): Promise<Policy> {
  const policy = await loadWasm(await readFile(path));
  return {
    evaluate(name, input) {
      try {
        const result = answer.safeParse(policy.evaluate(input, name));
        return result.success ? result.data[0].result : denied;
      } catch {
        // Unknown entry point, an input that is no JSON, a trap inside the wasm: all the same to the caller.
        return denied;
      }
    },
  };
}

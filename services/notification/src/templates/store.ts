import { recordReplies } from '@tradewind/outbox/idempotency.ts';
import type { IdempotencyKey, StoredReply } from '@tradewind/outbox/idempotency.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { notificationError } from '#errors.ts';
import { type Kind, kindNames } from '#messages/kinds.ts';
import { builtIn } from './built-in.ts';
import { flawsOfText } from './render.ts';
import {
  addVersion,
  type KeptTemplate,
  lockPlace,
  type Place,
  templatesInUse,
  useVersion,
  versionsOf,
} from './rows.ts';
import type { Template, Text } from './template.ts';

/** A template as it is shown; built-in ones were made by nobody, and are in use where the store has none. */
export interface ShownTemplate extends Template {
  readonly active: boolean;
  readonly createdBy: string | null;
  readonly createdAt: Date | null;
}

export interface Replying {
  readonly idempotency?: {
    readonly key: IdempotencyKey;
    reply(after: ShownTemplate, events: number): StoredReply;
  };
}

export interface TemplateStore {
  /** All that are in use, of one kind or of all: the store's own ones, and the built-in ones without one. */
  inUse(storeId: string, key?: Kind): Promise<ShownTemplate[]>;
  /** All of one place, the newest first, and the built-in one last. @throws DomainError TEMPLATE_NOT_FOUND */
  versions(storeId: string, place: Place): Promise<ShownTemplate[]>;
  /** @throws DomainError TEMPLATE_INVALID, VERSION_CONFLICT */
  add(
    storeId: string,
    place: Place,
    text: Text,
    by: { readonly author: string; readonly expectedVersion: number | undefined } & Replying,
  ): Promise<ShownTemplate>;
  /** Takes an earlier version up again. @throws DomainError TEMPLATE_NOT_FOUND */
  use(storeId: string, place: Place, version: number, replying: Replying): Promise<ShownTemplate>;
  /** Goes back to the built-in text. @throws DomainError TEMPLATE_NOT_FOUND where none of the store's is in use */
  retire(storeId: string, place: Place): Promise<void>;
}

export function templateStore(db: Database): TemplateStore {
  const known = async (tx: Transaction, place: Place): Promise<ShownTemplate[]> => {
    const own = await versionsOf(tx, place);
    return [...own, ...builtIn.filter((it) => samePlace(it, place)).map((it) => asShown(it, own))];
  };

  return {
    inUse: (storeId, key) =>
      db.transaction(storeId, async (tx) => {
        const own = await templatesInUse(tx, key === undefined ? kindNames : [key]);
        const rest = builtIn.filter(
          (it) => (key === undefined || it.key === key) && !own.some((one) => samePlace(one, it)),
        );
        return [...own, ...rest.map((it) => asShown(it, own))].toSorted(byPlace);
      }),
    versions: (storeId, place) =>
      db.transaction(storeId, async (tx) => {
        const found = await known(tx, place);
        if (found.length === 0) throw notificationError('TEMPLATE_NOT_FOUND');
        return found;
      }),
    async add(storeId, place, text, { author, expectedVersion, idempotency }) {
      checkText(place, text);
      return db.transaction(storeId, async (tx) => {
        await lockPlace(tx, place);
        const current = (await versionsOf(tx, place))[0]?.version ?? 0;
        if (expectedVersion !== undefined && expectedVersion !== current) {
          throw notificationError('VERSION_CONFLICT', { details: { currentVersion: current } });
        }
        const added: KeptTemplate = {
          ...place,
          ...text,
          ...{ version: current + 1, active: true, createdBy: author, createdAt: tx.now },
        };
        await addVersion(tx, added);
        if (idempotency) await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(added, 0) }]);
        return added;
      });
    },
    use: (storeId, place, version, { idempotency }) =>
      db.transaction(storeId, async (tx) => {
        await lockPlace(tx, place);
        const wanted = (await versionsOf(tx, place)).find((it) => it.version === version);
        if (!wanted) throw notificationError('TEMPLATE_NOT_FOUND');
        await useVersion(tx, place, version);
        const used = { ...wanted, active: true };
        if (idempotency) await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(used, 0) }]);
        return used;
      }),
    retire: (storeId, place) =>
      db.transaction(storeId, async (tx) => {
        await lockPlace(tx, place);
        if (!(await useVersion(tx, place, undefined))) throw notificationError('TEMPLATE_NOT_FOUND');
      }),
  };
}

/** @throws DomainError TEMPLATE_INVALID */
export function checkText({ key, channel }: Pick<Place, 'key' | 'channel'>, text: Text): void {
  const errors = flawsOfText(key, channel, text);
  if (errors.length === 0) return;
  const message = errors.map((flaw) => `${flaw.path}: ${flaw.message}`).join('; ');
  throw notificationError('TEMPLATE_INVALID', { message, details: { errors } });
}

const samePlace = (a: Place, b: Place): boolean =>
  a.key === b.key && a.channel === b.channel && a.locale === b.locale;

const asShown = (it: Template, own: readonly KeptTemplate[]): ShownTemplate => ({
  ...it,
  active: !own.some((one) => one.active && samePlace(one, it)),
  createdBy: null,
  createdAt: null,
});

const order = ({ key, channel, locale }: Place): string => `${key} ${channel} ${locale}`;
const byPlace = (a: Place, b: Place): number => (order(a) < order(b) ? -1 : 1);

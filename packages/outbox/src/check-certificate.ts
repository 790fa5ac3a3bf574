import { DomainError } from '@tradewind/kernel/errors.ts';
import { buildUp } from './build-up.ts';
import { type Certificate, certificateDiffers, certify } from './certificate.ts';
import type { Range } from './replay-ranges.ts';
import { inSession, type ReplayUses } from './replay-session.ts';
import { prepareVersion, removeVersion } from './versions.ts';

export interface CertificateCheck {
  readonly certificate: Certificate;
  /** Empty where the log still makes what is certified. */
  readonly reasons: readonly string[];
}

/**
 * Reads a certificate's offsets again into a version that is dropped at the end, and compares the digests. The live version, and one that
 * is being built, are not touched.
 * @throws DomainError OFFSETS_GONE where the log no longer holds them
 */
export async function checkCertificate(
  uses: ReplayUses & { readonly build: string },
  wanted: Certificate,
): Promise<CertificateCheck> {
  const { projection, service, build } = uses;
  const ranges: Range[] = wanted.offsets.map(({ topic, partition, from, to }) => ({
    ...{ topic, partition, start: BigInt(from), end: BigInt(to) },
  }));
  await requireKept(uses, ranges);
  const recipe = { ...wanted.recipe, kind: 'check', build } as const;
  const until = recipe.until === '' ? undefined : new Date(recipe.until);
  return inSession(uses, async (session) => {
    const startedAt = new Date();
    const made = await prepareVersion(session.client, projection, session, recipe, wanted.store);
    const store = await session.openStore(made.store);
    try {
      const built = await buildUp(uses, made, store, { ranges, until });
      built.stop();
      const certificate = certify({
        ...{ service, projection: projection.name, ...made, recipe, startedAt, ranges },
        endedAt: new Date(),
        replayed: built.replayed,
        parity: undefined,
      });
      return { certificate, reasons: certificateDiffers(wanted, certificate) };
    } finally {
      await removeVersion(session.client, projection, { version: made.version, state: 'building' }, store);
    }
  });
}

async function requireKept({ brokerLog }: ReplayUses, ranges: readonly Range[]): Promise<void> {
  for (const [topic, places] of Map.groupBy(ranges, (range) => range.topic)) {
    const [starts, ends] = await Promise.all([
      brokerLog.beginningOffsets(topic),
      brokerLog.endOffsets(topic),
    ]);
    for (const { partition, start, end } of places) {
      const kept =
        start >= end || ((starts.get(partition) ?? 0n) <= start && end <= (ends.get(partition) ?? 0n));
      if (!kept)
        throw new DomainError(
          ...([
            'OFFSETS_GONE',
            'conflict',
            `${topic}:${partition} no longer holds ${start}..${end}`,
          ] as const),
        );
    }
  }
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Certificate } from '@tradewind/outbox/certificate.ts';
import { UsageError } from '#arguments.ts';

/** Where a certificate is kept unless said otherwise: never over another one. */
export const certificateFile = (home: string, { projection, version, endedAt }: Certificate): string =>
  join(home, 'certificates', `${projection}-v${version}-${endedAt.replaceAll(':', '-')}.json`);

export async function writeCertificate(file: string, certificate: Certificate): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(certificate, null, 2)}\n`);
}

/** @throws UsageError for what is no certificate */
export async function readCertificate(file: string): Promise<Certificate> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Certificate;
    if (value.format === 'tradewind.replay/1') return value;
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new UsageError(`${file} is no certificate of a replay`);
}

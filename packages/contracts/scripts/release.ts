/**
 * Writes down every schema that changed since its last release, with golden bytes, as schemas/released/<event type>/<n>: from
 * then on it has to be readable for good. Refuses a schema that is not FULL_TRANSITIVE compatible.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseType } from '@tradewind/contracts/avro-types.ts';
import { incompatibleWith } from '@tradewind/contracts/compat.ts';
import { composeSchema, type EventSchema } from '@tradewind/contracts/schema.ts';
import { buf, checkProto, protoImage } from './buf.ts';
import { apiFile, compose, readSubgraphs } from './emit-graphql.ts';
import { brokenSinceRelease, releasedApi } from './graphql-changes.ts';
import { readEnvelope, readEvents } from './read-schemas.ts';
import { plain, readReleased, releasedFolder, versionOf } from './released.ts';
import { sampleEvent } from '@tradewind/contracts/sample-event.ts';

const envelope = readEnvelope();
const problems = brokenSinceRelease(compose(readSubgraphs()).api).map((problem) => `graphql: ${problem}`);
const releases: (() => void)[] = [];

for (const event of readEvents()) {
  const schema = composeSchema(envelope, { ...event, schemaVersion: '' });
  const released = readReleased(event.type);
  const number = versionOf(schema, released);
  if (released.has(number)) continue;
  const schemas = new Map([...released].map(([version, { schema: old }]) => [version, old]));
  problems.push(...incompatibleWith(schema, schemas).map((problem) => `${event.type}: ${problem}`));
  releases.push(() => release(schema, number));
}

if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  console.error(
    '\nNothing was released. A breaking change is a new event type, .v2, or a new field, published beside the old one.',
  );
  process.exitCode = 1;
} else {
  checkProto();
  for (const write of releases) write();
  buf('build', '--output', protoImage);
  copyFileSync(apiFile, releasedApi);
  console.log(
    `${releases.length} event schemas released; the protos and the graph are the base of the next comparison`,
  );
}

function release(schema: EventSchema, number: number): void {
  const folder = join(releasedFolder, schema.eventType);
  mkdirSync(folder, { recursive: true });
  const event = sampleEvent(schema);
  writeFileSync(join(folder, `${number}.avsc`), `${JSON.stringify(schema, null, 2)}\n`);
  writeFileSync(join(folder, `${number}.bin`), parseType(schema).toBuffer(event));
  writeFileSync(join(folder, `${number}.json`), `${JSON.stringify(plain(event), null, 2)}\n`);
  console.log(`${schema.eventType} ${number}`);
}

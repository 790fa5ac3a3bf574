import { isUtf8 } from 'node:buffer';
import { framesIn, OPCODE, type ReadFrame } from './websocket-frames.ts';

/** What a server that takes texts only has to make of a client's bytes. */
export interface Expected {
  /** The code of its close frame; 1005: an empty one. Undefined: the connection stays. */
  readonly close: number | undefined;
  /** Messages that came before it closed. */
  readonly texts: readonly string[];
  readonly pings: number;
}

export const LARGEST_MESSAGE = 64 * 1024;
const CONTROL = 8;

/** Reads as RFC 6455 says, with the limits of the contract. Pure. */
export function expectedOf(bytes: Buffer): Expected {
  const texts: string[] = [];
  let pings = 0;
  let open: { readonly opcode: number; length: bigint; readonly parts: Buffer[] } | undefined;
  const ends = (close: number | undefined): Expected => ({ close, texts, pings });

  for (const frame of framesIn(bytes)) {
    if (breaksRules(frame, open !== undefined)) return ends(1002);
    const { opcode, fin, length, payload } = frame;
    if (opcode >= CONTROL) {
      if (payload === undefined) break;
      if (opcode === OPCODE.close) return ends(codeOf(payload));
      if (opcode === OPCODE.ping) pings++;
      continue;
    }
    if (length === undefined) break;
    open ??= { opcode, length: 0n, parts: [] };
    open.length += length;
    if (open.length > LARGEST_MESSAGE) return ends(1009);
    if (payload === undefined) break;
    open.parts.push(payload);
    if (!fin) continue;
    const message = Buffer.concat(open.parts);
    if (open.opcode === OPCODE.binary) return ends(1003);
    if (!isUtf8(message)) return ends(1007);
    texts.push(message.toString());
    open = undefined;
  }
  return ends(undefined);
}

/** What can be told from a frame's first two bytes. */
function breaksRules({ fin, reserved, opcode, isMasked, shortLength }: ReadFrame, within: boolean): boolean {
  if (reserved !== 0 || !isMasked) return true;
  if (opcode === OPCODE.continuation) return !within;
  if (opcode === OPCODE.text || opcode === OPCODE.binary) return within;
  if (opcode < OPCODE.close || opcode > OPCODE.pong) return true;
  return !fin || shortLength > 125 || (opcode === OPCODE.close && shortLength === 1);
}

function codeOf(payload: Buffer): number {
  if (payload.length === 0) return 1005;
  const code = payload.readUInt16BE();
  const known = (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || isFree(code);
  if (!known) return 1002;
  return isUtf8(payload.subarray(2)) ? code : 1007;
}

const isFree = (code: number): boolean => code >= 3000 && code <= 4999;

import avro from 'avsc';

/** The library's reading position: it may stand behind the end, which is noticed only when everything was read. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  readString(): string;
  skipString(): void;
}

interface Part {
  _read(tap: Tap): unknown;
  _skip(tap: Tap): void;
}

/** Items of the next block. None of ours takes less than a byte, so a number above the bytes that are left is made up. */
function blockLength(tap: Tap): number {
  let length = tap.readLong();
  if (length < 0) {
    length = -length;
    // The block's size in bytes.
    tap.readLong();
  }
  if (length > tap.buf.length - tap.pos) throw new Error(`${length} items cannot be in what is left`);
  return length;
}

/**
 * avsc believes the number of items that a message claims and reads on behind the end of the bytes: nine bytes would keep
 * a consumer busy until its memory is full. These read the same, and believe no number that cannot be true.
 */
export function refuseMadeUpLengths(): void {
  Object.assign(avro.types.ArrayType.prototype, {
    _read(this: { readonly itemsType: Part }, tap: Tap): unknown[] {
      const items: unknown[] = [];
      for (let n = blockLength(tap); n > 0; n = blockLength(tap)) {
        for (; n > 0; n--) items.push(this.itemsType['_read'](tap));
      }
      return items;
    },
    _skip(this: { readonly itemsType: Part }, tap: Tap): void {
      for (let n = blockLength(tap); n > 0; n = blockLength(tap)) {
        for (; n > 0; n--) this.itemsType['_skip'](tap);
      }
    },
  });
  Object.assign(avro.types.MapType.prototype, {
    _read(this: { readonly valuesType: Part }, tap: Tap): Record<string, unknown> {
      const values: Record<string, unknown> = {};
      for (let n = blockLength(tap); n > 0; n = blockLength(tap)) {
        for (; n > 0; n--) {
          const key = tap.readString();
          values[key] = this.valuesType['_read'](tap);
        }
      }
      return values;
    },
    _skip(this: { readonly valuesType: Part }, tap: Tap): void {
      for (let n = blockLength(tap); n > 0; n = blockLength(tap)) {
        for (; n > 0; n--) {
          tap.skipString();
          this.valuesType['_skip'](tap);
        }
      }
    },
  });
}

/** Lines of progress, one of each projection. */
export interface Display {
  /** What a projection does now. `phase` changes are shown at once, the rest as often as a reader can follow. */
  progress(name: string, phase: string, text: string): void;
  /** What stays: a report, an error. */
  say(text: string): void;
  end(): void;
}

const LINE_MS = 2_000;

/** Lines that change in place on a terminal; elsewhere new ones, at most one of each every two seconds. */
export function display(
  names: readonly string[],
  out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stdout,
  clock: () => number = Date.now,
): Display {
  const label = (name: string, text: string): string => (names.length > 1 ? `${name} ${text}` : text);
  return out.isTTY ? inPlace(names, out, label) : asLines(out, label, clock);
}

type Label = (name: string, text: string) => string;
type Out = Pick<NodeJS.WriteStream, 'write'>;

function asLines(out: Out, label: Label, clock: () => number): Display {
  const shown = new Map<string, { readonly phase: string; readonly at: number }>();
  return {
    progress(name, phase, text) {
      const last = shown.get(name);
      if (last?.phase === phase && clock() - last.at < LINE_MS) return;
      shown.set(name, { phase, at: clock() });
      out.write(`${label(name, text)}\n`);
    },
    say: (text) => void out.write(`${text}\n`),
    end: () => undefined,
  };
}

function inPlace(names: readonly string[], out: Out, label: Label): Display {
  const texts = new Map<string, string>();
  let drawn = 0;

  function draw(): void {
    const lines = names.flatMap((name) => texts.get(name) ?? []);
    erase();
    out.write(lines.map((line) => `${line}\n`).join(''));
    drawn = lines.length;
  }

  function erase(): void {
    if (drawn > 0) out.write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  }

  return {
    progress(name, _phase, text) {
      texts.set(name, label(name, text));
      draw();
    },
    say(text) {
      erase();
      out.write(`${text}\n`);
      draw();
    },
    end() {
      drawn = 0;
      texts.clear();
    },
  };
}

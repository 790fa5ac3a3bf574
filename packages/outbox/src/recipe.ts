/** How a version is built: only what is built alike from the same range of the log may be gone on with. */
export interface Recipe {
  /** `check` builds for a certificate's sake and goes at its end; `rollback` takes a retired version up again. */
  readonly kind: 'replay' | 'check' | 'rollback';
  /** The code that folds. */
  readonly build: string;
  /** Start of reading as it was given; empty = everything. */
  readonly from: string;
  /** RFC 3339; empty = to the end. */
  readonly until: string;
}

export const recipeText = ({ kind, build, from, until }: Recipe): string =>
  JSON.stringify({ kind, build, from, until });

/** Undefined for a version that nobody may go on with. */
export function parseRecipe(text: string | null): Recipe | undefined {
  return text === null ? undefined : (JSON.parse(text) as Recipe);
}

/** A comma list of origins as patterns: `http://localhost:*` matches that host at any port, and nothing longer. */
export function toOriginPatterns(list: string): RegExp[] {
  const origins = list.split(',').map((origin) => origin.trim());
  return origins.filter((origin) => origin !== '').map(toPattern);
}

function toPattern(origin: string): RegExp {
  const escaped = origin.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replace(/:\\\*$/, String.raw`(?::\d{1,5})?`)}$`);
}

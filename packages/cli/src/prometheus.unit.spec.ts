import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkout } from '#places.ts';
import { portTable } from '#ports.ts';
import { services } from '#stack.ts';
import { measured } from '#up/servers.ts';

const read = <T>(path: string): T => parse(readFileSync(join(checkout, path), 'utf8')) as T;

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}
const rules = read<{ groups: { rules: Rule[] }[] }>('infra/prometheus/rules.yml').groups.flatMap(
  (group) => group.rules,
);
const { tests } = read<{ tests: { alert_rule_test: { alertname: string; exp_alerts: object[] }[] }[] }>(
  'infra/prometheus/rules.test.yml',
);
const fired = tests
  .flatMap((test) => test.alert_rule_test)
  .filter((it) => it.exp_alerts.length > 0)
  .map((it) => it.alertname);
const code = globSync('{packages,services}/*/src/**/*.ts', { cwd: checkout })
  .filter((path) => !path.endsWith('.spec.ts'))
  .map((path) => readFileSync(join(checkout, path), 'utf8'))
  .join('\n');

describe.each(rules)('alert $alert', ({ alert, expr, labels, annotations }) => {
  it('has a page that says what to do', () => {
    expect(['page', 'ticket']).toContain(labels.severity);
    expect(existsSync(join(checkout, annotations.runbook)), annotations.runbook).toBe(true);
  });

  it('asks for what services measure', () => {
    const names = expr.match(/\b[a-z]+(?:_[a-z]+)+\b(?=\{|\)|\[| )/g) ?? [];
    const unknown = names.filter((name) => !code.includes(`'${name.replace(/_(?:count|sum|bucket)$/, '')}'`));
    expect(unknown).toEqual([]);
  });

  it('is set off by its test', () => {
    expect(fired).toContain(alert);
  });
});

it('Prometheus in its container asks every service', () => {
  const file = read<{ scrape_configs: { static_configs: { targets: string[] }[] }[] }>(
    'infra/compose/prometheus.yml',
  );
  const ports = portTable(undefined);
  const targets = file.scrape_configs.flatMap((it) => it.static_configs.flatMap(({ targets: all }) => all));
  expect(targets.toSorted()).toEqual(
    measured(services())
      .map((name) => `${name}:${ports[name]}`)
      .sort(),
  );
});

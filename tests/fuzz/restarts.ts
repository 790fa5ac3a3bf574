import { tw } from '../e2e/cli.fixture.ts';

/** How often the supervisor had to start a service again. */
export async function restartsOf(service: string): Promise<number | undefined> {
  const { output } = await tw('status', '--json');
  const rows = JSON.parse(output) as { name: string; restarts: number }[];
  return rows.find(({ name }) => name === service)?.restarts;
}

import { defineCommand } from 'citty';
import { examine } from '#doctor/checks.ts';
import { places } from '#places.ts';
import { portTable } from '#ports.ts';
import { profileNamed, profileOf } from '#up/stack-of-checkout.ts';

const SIGN = { ok: '✔', later: '•', missing: '✖' };

export default defineCommand({
  meta: { name: 'doctor', description: 'What is missing on this machine, and the command that fixes it' },
  args: {
    profile: { type: 'string', description: 'core or full; by default what `up` without it would start' },
  },
  async run({ args }) {
    const here = places();
    const profile = profileNamed(args.profile) ?? (await profileOf(here.home));
    const findings = await examine(here, portTable(process.env['TW_PORT_BASE']), profile);
    for (const { what, level, detail, fix } of findings) {
      console.log(`${SIGN[level]} ${what}: ${detail}${fix === undefined ? '' : `\n    → ${fix}`}`);
    }
    if (findings.some(({ level }) => level === 'missing')) process.exitCode = 1;
  },
});

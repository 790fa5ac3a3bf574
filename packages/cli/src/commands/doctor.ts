import { defineCommand } from 'citty';
import { examine } from '#doctor/checks.ts';
import { places } from '#places.ts';
import { portTable } from '#ports.ts';

const SIGN = { ok: '✔', later: '•', missing: '✖' };

export default defineCommand({
  meta: { name: 'doctor', description: 'What is missing on this machine, and the command that fixes it' },
  async run() {
    const findings = await examine(places(), portTable(process.env['TW_PORT_BASE']));
    for (const { what, level, detail, fix } of findings) {
      console.log(`${SIGN[level]} ${what}: ${detail}${fix === undefined ? '' : `\n    → ${fix}`}`);
    }
    if (findings.some(({ level }) => level === 'missing')) process.exitCode = 1;
  },
});

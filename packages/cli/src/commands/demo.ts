import { defineCommand } from 'citty';

export default defineCommand({
  meta: { name: 'demo', description: 'One shopper’s journey through the running stack, narrated' },
  async run() {
    const { narratedDemo } = await import('#demo.ts');
    await narratedDemo((line) => console.log(line));
  },
});

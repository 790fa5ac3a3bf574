import { defineCommand } from 'citty';

export default defineCommand({
  meta: { name: 'demo', description: 'One shopper’s journey through the running stack, narrated' },
  async run() {
    const [{ sampleData }, { demo }] = await Promise.all([import('#sample-data.ts'), import('#demo.ts')]);
    await sampleData(() => undefined);
    await demo((line) => console.log(line));
  },
});

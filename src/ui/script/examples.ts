export const EXAMPLES = [{ name: 'read-one-sector.ts', summary: 'Finds the disk, reads a sector.', source: Array.from({length: 17}, (_, i) => `const line${i + 1} = ${i}; // something`).join('\n') }];
export const DEFAULT_EXAMPLE = EXAMPLES[0]!;
export const exampleNamed = (n: string) => EXAMPLES.find((e) => e.name === n);

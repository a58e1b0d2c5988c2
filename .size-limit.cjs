const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const PAGE = join(__dirname, 'dist/page');

/** Everything that index.html loads before a line of it has run. */
function firstScreen() {
  const manifest = JSON.parse(readFileSync(join(PAGE, '.vite/manifest.json'), 'utf8'));
  const keys = new Set(['index.html']);
  for (const key of keys) for (const next of manifest[key].imports ?? []) keys.add(next);
  const files = [...keys].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]);
  return files.map((file) => `dist/page/${file}`);
}

module.exports = [
  {
    name: 'page: what the first screen loads',
    path: firstScreen(),
    limit: '180 kB',
  },
  {
    name: 'worker: machine, vCPU and back ends',
    path: 'dist/page/assets/worker/*.js',
    limit: '330 kB',
  },
  {
    name: 'drawing: workers of canvases',
    path: 'dist/page/assets/drawing/*.js',
    limit: '20 kB',
  },
  {
    name: 'monaco: editor and its workers, gzip',
    path: 'dist/page/assets/monaco/*.js',
    limit: '3 MB',
    brotli: false,
    gzip: true,
  },
];

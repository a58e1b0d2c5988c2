/**
 * What each layer may import, as in the table of CONTRIBUTING.md. A layer may also import whatever
 * the layers it names may import, except that the page's list is complete as it stands.
 */
const TABLE = {
  base: [],
  spec: ['base'],
  memory: ['base'],
  journal: ['base', 'spec'],
  'engine/qom': ['base'],
  'engine/qdev': ['engine/qom', 'memory', 'journal'],
  'engine/hw': ['engine/qdev'],
  'engine/virtio': ['engine/qdev', 'spec'],
  'engine/transports': ['engine/virtio', 'engine/hw'],
  'engine/backends': ['engine/qdev'],
  'engine/devices': ['engine/virtio', 'engine/backends'],
  options: ['base'],
  'engine/machine': ['engine', 'options'],
  'engine/monitor': ['engine', 'options'],
  guest: ['base', 'spec', 'memory', 'journal'],
  protocol: ['spec', 'journal'],
  document: ['options', 'protocol'],
  worker: ['engine', 'guest', 'protocol'],
  headless: ['worker', 'lessons'],
  lessons: ['spec'],
};
const PAGE = ['base', 'spec', 'memory', 'journal', 'options', 'protocol', 'document', 'lessons'];

/** Layers that `name` may import, itself included. */
function reach(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  const next =
    name === 'engine' ? Object.keys(TABLE).filter((l) => l.startsWith('engine/')) : TABLE[name];
  for (const layer of next) reach(layer, seen);
  return seen;
}

const folders = (names) => `^src/(?:${[...names].join('|')})/`;
const TESTS = '\\.test\\.tsx?$|^src/testing/';

const layers = Object.keys(TABLE).map((name) => ({
  name: `layer: ${name}`,
  severity: 'error',
  from: { path: folders([name]), pathNot: TESTS },
  to: {
    path: '^src/',
    pathNot: [
      folders(reach(name)),
      // Lessons name the guest's types in the scripts' signatures.
      ...(name === 'lessons' ? [folders(['guest'])] : []),
    ],
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'layer: ui',
      comment: 'The page never imports the engine or the guest.',
      severity: 'error',
      from: { path: '^src/(?:ui/|main\\.tsx$)', pathNot: TESTS },
      to: { path: '^src/', pathNot: [folders([...PAGE, 'ui'])] },
    },
    {
      name: 'lessons: types of the guest only',
      severity: 'error',
      from: { path: folders(['lessons']), pathNot: TESTS },
      to: { path: folders(['guest']), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'engine: no packages',
      comment: 'The engine is a library that runs anywhere: nothing from npm, nothing of Node.',
      severity: 'error',
      from: { path: folders(['base', 'spec', 'memory', 'journal', 'engine']), pathNot: TESTS },
      to: { pathNot: '^src/' },
    },
    {
      name: 'browser: no Node',
      severity: 'error',
      from: {
        path: `^src/main\\.tsx$|${folders(['guest', 'protocol', 'worker', 'lessons', 'ui'])}`,
        pathNot: TESTS,
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'testing: for tests only',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: `^src/testing/|\\.test\\.tsx?$` },
    },
    {
      name: 'no cycles',
      comment: 'Types may refer to one another.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not resolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'module', 'browser', 'default', 'types'],
    },
  },
};

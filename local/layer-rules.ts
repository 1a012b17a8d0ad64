import type { IForbiddenRuleType } from 'dependency-cruiser';

/** Modules beside the folders of `src`, which many of them share. Types and errors only. */
const SHARED = ['failure.ts', 'ports.ts', 'statement.ts', 'telemetry.ts'] as const;

/**
 * Which folders and shared modules of `src` each folder may import, besides itself. `functions` may import all
 * of them: it is where they are wired.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  definition: ['failure.ts'],
  plan: ['definition', ...SHARED],
  model: ['definition', 'failure.ts'],
  catalog: ['definition', 'plan', ...SHARED],
  heads: ['definition', ...SHARED],
  registry: ['definition', 'model', 'catalog', 'heads', ...SHARED],
  tabular: [],
  webhooks: ['definition', 'failure.ts'],
  infer: ['definition', 'failure.ts'],
  records: ['definition', 'model', 'tabular', ...SHARED],
  documents: ['definition', 'failure.ts'],
  doctor: ['ports.ts', 'statement.ts'],
  migrator: ['definition', 'plan', 'catalog', 'heads', ...SHARED],
  http: [
    'definition',
    'plan',
    'model',
    'catalog',
    'heads',
    'registry',
    'records',
    'documents',
    'doctor',
    'tabular',
    'infer',
    'webhooks',
    ...SHARED,
  ],
  courier: ['webhooks', 'catalog', ...SHARED],
  adapters: ['heads', ...SHARED],
  // These speak HTTP with the server; none of its code is theirs.
  cli: ['client'],
  client: [],
  studio: [],
};

const pathOf = (name: string) =>
  name.endsWith('.ts') ? `^src/${name.replace('.', '\\.')}$` : `^src/${name}/`;

const ARROWS: readonly IForbiddenRuleType[] = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  severity: 'error',
  comment: `src/${folder} may import ${allowed.join(', ') || 'nothing else of src'}.`,
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: [folder, ...allowed].map(pathOf) },
}));

/** What must not be, in the words of dependency-cruiser. Paths are relative to the project. */
export const LAYER_RULES: readonly IForbiddenRuleType[] = [
  ...ARROWS,
  {
    name: 'shared-imports',
    severity: 'error',
    comment: 'The shared modules of src stand below all folders.',
    from: { path: '^src/[^/]+$' },
    to: { path: '^src/[^/]+/' },
  },
  {
    name: 'outward',
    severity: 'error',
    comment: 'Nothing in src imports functions, local, test, bench or examples.',
    from: { path: '^src/' },
    to: { path: '^(functions|local|test|bench|examples)/' },
  },
  {
    name: 'functions-outward',
    severity: 'error',
    comment: 'What is deployed does not import what is not.',
    from: { path: '^functions/' },
    to: { path: '^(local|test|bench|examples)/' },
  },
  {
    name: 'drivers',
    severity: 'error',
    comment: 'Only src/adapters knows the drivers of Neon and Upstash.',
    from: { path: '^(src|functions)/', pathNot: '^src/adapters/' },
    to: { path: 'node_modules/(@neondatabase|@upstash)/' },
  },
  {
    name: 'cycles',
    severity: 'error',
    comment: 'No module imports itself by way of others.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'unresolved',
    severity: 'error',
    comment: 'What is imported is there.',
    from: {},
    to: { couldNotResolve: true, pathNot: '^(cloudflare|node):' },
  },
];

import tseslint from 'typescript-eslint';

/** Rooms from the innermost out: a room may import the rooms before it, never those after (docs/architecture.md). */
const ROOMS = ['emulator', 'macro', 'executive', 'filesystem', 'rms', 'rtl', 'dcl', 'loginout', 'sysgen', 'sda', 'utilities', 'system', 'console', 'cli'];

const layering = ROOMS.map((room, index) => ({
  files: [`src/${room}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': ['error', {
      patterns: [
        ...ROOMS.slice(index + 1).map((outer) => ({
          group: [`**/${outer}/*`, `**/${outer}/**`],
          message: `${room} may not reach out to ${outer}: dependencies point inward only.`,
        })),
        ...(room === 'cli' || room === 'console' ? [] : [{ group: ['node:*', 'fs', 'path', 'os', 'net'], message: 'Host access belongs to cli/ and console/ alone.' }]),
      ],
    }],
  },
}));

export default tseslint.config(
  { ignores: ['bin/', 'node_modules/', 'coverage/'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }],
      'no-restricted-properties': ['error',
        { object: 'Math', property: 'random', message: 'Every run must be repeatable.' },
        { object: 'Date', property: 'now', message: 'Time is injected: use the machine clock.' }],
      'require-yield': 'off',
    },
  },
  { files: ['src/cli/**', 'src/console/**', 'tests/**'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['*.config.ts', 'src/text-files.d.ts'], rules: { 'no-restricted-syntax': 'off' } },
  ...layering,
);

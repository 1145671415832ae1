// force timezone to UTC to allow tests to work regardless of local timezone
// generally used by snapshots, but can affect specific tests
process.env.TZ = 'UTC';

const scaffolded = require('./.config/jest.config');
const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils');

const [swc] = Object.values(scaffolded.transform);

module.exports = {
  ...scaffolded,
  // Newer packages ship .mjs files, which the scaffolded pattern leaves alone.
  transform: { '^.+\\.m?[jt]sx?$': swc },
  moduleNameMapper: {
    ...scaffolded.moduleNameMapper,
    '^@tanstack/react-virtual$': '<rootDir>/src/testing/reactVirtualFake.ts',
  },
  transformIgnorePatterns: [nodeModulesToTransform([...grafanaESModules, '@react-hookz', '@ver0', 'd3-[a-z]+', 'internmap', 'delaunator', 'robust-predicates'])],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/host/build'],
};

// The same tests with what the next Grafana brings: @grafana/* 13.2 and React 19, from react19/node_modules.
process.env.TZ = 'UTC';

module.exports = {
  ...require('../jest.config'),
  rootDir: require('path').resolve(__dirname, '..'),
  resolver: '<rootDir>/react19/resolver.js',
  cacheDirectory: '<rootDir>/react19/node_modules/.cache/jest',
};

// The page of the mini host: the real @grafana/* packages, as Grafana itself gives them to plugins.
import path from 'node:path';
import CopyWebpackPlugin from 'copy-webpack-plugin';

const ROOT = path.resolve(import.meta.dirname, '..');

export default {
  mode: 'production',
  context: ROOT,
  entry: { page: './host/page/main.tsx', 'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js' },
  output: { path: path.join(ROOT, 'host/build'), filename: '[name].js', publicPath: '/', clean: true },
  devtool: false,
  performance: { hints: false },
  // Read once, from loopback: smaller is not worth the time.
  optimization: { minimize: false, concatenateModules: false, usedExports: false, sideEffects: true },
  cache: { type: 'filesystem', buildDependencies: { config: [import.meta.filename] } },
  module: {
    rules: [
      { test: /\.tsx?$/, exclude: /node_modules/, use: { loader: 'swc-loader', options: { jsc: { target: 'es2022', parser: { syntax: 'typescript', tsx: true } } } } },
      // As Grafana's own bundle: packages that are ES modules may import the default of those that are not.
      { test: /\.m?js$/, type: 'javascript/auto', resolve: { fullySpecified: false } },
      { test: /\.css$/, use: ['style-loader', 'css-loader'] },
      { test: /\.(ttf|svg|png)$/, type: 'asset/resource' },
    ],
  },
  resolve: {
    extensions: ['.mjs', '.js', '.ts', '.tsx'],
    // The editor without the languages that it brings.
    alias: { 'monaco-editor$': 'monaco-editor/esm/vs/editor/edcore.main.js' },
  },
  plugins: [new CopyWebpackPlugin({ patterns: [{ from: 'host/page/index.html', to: '.' }] })],
};

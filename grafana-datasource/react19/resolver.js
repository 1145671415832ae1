const path = require('path');

// Packages that our own files import are looked for here first, then, as Node does, in the folders above.
module.exports = (request, options) => {
  const isPackage = !request.startsWith('.') && !path.isAbsolute(request);
  const isOurs = !options.basedir.includes(`${path.sep}node_modules`);
  return options.defaultResolver(request, isPackage && isOurs ? { ...options, basedir: __dirname } : options);
};

require('../../scripts/register.cjs');
module.exports = require('./down.ts').down;

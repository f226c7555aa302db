require('../../../scripts/register.cjs');
module.exports = require('./run.ts').begin;

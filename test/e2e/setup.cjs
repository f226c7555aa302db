require('../../scripts/register.cjs');
module.exports = require('./up.ts').up;

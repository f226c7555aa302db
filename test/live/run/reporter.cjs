// Jest loads a reporter as it lies, and takes the module for the class.

require('../../../scripts/register.cjs');
module.exports = require('./report.ts').PromiseReporter;

// A test on real servers that fails is run once more: a busy machine makes them late. CI names those that passed then.
/* global jest */

jest.retryTimes(1, { logErrorsBeforeRetry: true });

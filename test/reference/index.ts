// The six reference systems in their three environments: fixtures that prove Stalk, not anybody's list.

export { environments } from './environments';
export { tenants } from './tenants';

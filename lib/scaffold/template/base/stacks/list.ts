// What every command of `stalk` works on: each environment with each tenant.

export { environments } from './environments';
export { tenants } from '../tenants';
